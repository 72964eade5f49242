package dev.cairn.cas.lmdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Damaged files give right bytes or a clear exception, and a rebuild restores what is whole: never a wrong byte, a dead
 * process, a hang. Each batch of samples runs in a process of its own ({@link DamageProbe}).
 */
@Order(4)
final class DamageTest {

    private static final List<String> BATCHES = List.of("cuts", "flips", "metas", "files");
    private static final Map<String, Process> PROBES = new TreeMap<>();

    @TempDir(factory = MemoryFolder.class)
    @SuppressWarnings("NullAway.Init")
    private static Path temporary;

    /** All at once: they wait for the disk most of the time. */
    @BeforeAll
    static void startProbes() throws IOException {
        for (String batch : BATCHES) {
            Path folder = Files.createDirectory(temporary.resolve(batch));
            PROBES.put(batch, ChildStore.start(List.of(), DamageProbe.class, folder.toString(), batch));
        }
    }

    @AfterAll
    static void endProbes() {
        PROBES.values().forEach(Process::destroyForcibly);
    }

    @ParameterizedTest
    @CsvSource({"cuts, 80", "flips, 80", "metas, 600", "files, 40"})
    void use_damagedReplica_givesRightBytesOrAClearRefusalAndIsRebuilt(String batch, int samplesMin) throws Exception {
        Process probe = Objects.requireNonNull(PROBES.get(batch));
        List<String> lines = new ArrayList<>(List.of("nothing"));
        Thread reading = Thread.startVirtualThread(() -> {
            try (BufferedReader output = ChildStore.output(probe)) {
                output.lines().forEach(lines::add);
            } catch (IOException e) {
                lines.add(e.toString());
            }
        });
        boolean ended = probe.waitFor(120, TimeUnit.SECONDS);
        if (!ended) {
            probe.destroyForcibly();
        }
        reading.join();
        assertThat(ended).as("hangs at %s", lines.getLast()).isTrue();
        assertThat(probe.exitValue()).as("died at %s", lines.getLast()).isZero();
        assertThat(lines.getLast()).startsWith(DamageProbe.DONE);
        assertThat(Integer.parseInt(lines.getLast().substring(DamageProbe.DONE.length())))
                .isGreaterThanOrEqualTo(samplesMin);
    }
}
