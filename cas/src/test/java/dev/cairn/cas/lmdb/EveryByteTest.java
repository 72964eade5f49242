package dev.cairn.cas.lmdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Single bytes of a replica of more than 200 objects, changed one after the other: right bytes or a clear refusal, never a dead
 * process. Ordinarily one byte in some hundreds; with {@code -Dcairn.damage.step=1} every one, which takes half an hour of a processor.
 */
final class EveryByteTest {

    private static final String STEP = "cairn.damage.step";

    /** Prime, so that samples do not stand at the same place of every page. */
    private static final long STEP_SAMPLED = 1_553;

    @TempDir(factory = MemoryFolder.class)
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    @Test
    void read_oneByteChanged_isNoticedOrHarmless() throws Exception {
        long step = Long.getLong(STEP, STEP_SAMPLED);
        long minutes = step < STEP_SAMPLED ? 60 * 24 : 3;
        Path folder = Files.createDirectory(temporary.resolve("replica"));
        Files.delete(folder);
        String[] arguments = {folder.toString(), "", "0", String.valueOf(step), "0"};
        Process probe = step < STEP_SAMPLED
                ? ChildStore.startLong(EveryByteProbe.class, arguments)
                : ChildStore.start(List.of(), EveryByteProbe.class, arguments);
        List<String> lines = new ArrayList<>(List.of("nothing"));
        Thread reading = Thread.startVirtualThread(() -> {
            try (BufferedReader output = ChildStore.output(probe)) {
                output.lines().forEach(line -> {
                    if (lines.size() > 50) {
                        lines.subList(0, 40).clear();
                    }
                    lines.add(line);
                });
            } catch (IOException e) {
                lines.add(e.toString());
            }
        });
        boolean ended = probe.waitFor(minutes, TimeUnit.MINUTES);
        if (!ended) {
            probe.destroyForcibly();
        }
        reading.join();
        assertThat(ended).as("hangs at %s", lines.getLast()).isTrue();
        assertThat(probe.exitValue()).as("died at %s", lines).isZero();
        assertThat(lines.getLast()).startsWith(EveryByteProbe.DONE).contains("to the end");
        System.out.println(lines.getLast());
    }
}
