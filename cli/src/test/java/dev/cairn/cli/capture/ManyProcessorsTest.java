package dev.cairn.cli.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cli.fixture.ChildProcess;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A machine of many processors, and the heap that the launcher gives for two. Each thread had buffers of its own for deltas, and the
 * second version of a large file ran out of memory.
 */
@Order(4)
final class ManyProcessorsTest {

    private static final int BYTES = 80 << 20;

    /** New bytes stand so close to one another that every chunk is new, and a delta. */
    private static final int APART = 20_000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    @BeforeEach
    void aUser() throws IOException {
        user = new TestUser(folder.resolve("home"));
        user.ok("init");
    }

    @Test
    void secondVersionOfALargeFile_byManyThreads_hasRoom() throws Exception {
        Path data = Files.createDirectory(folder.resolve("data"));
        byte[] noise = new byte[BYTES];
        new Random(7).nextBytes(noise);
        Files.write(data.resolve("large"), noise);
        run("snapshot", data.toString());
        for (int i = APART / 2; i < noise.length; i += APART) {
            noise[i]++;
        }
        Files.write(data.resolve("large"), noise);
        run("snapshot", data.toString());
        run("restore", "main", "--target", folder.resolve("out").toString());
        assertThat(Files.mismatch(data.resolve("large"), folder.resolve("out/large")))
                .isEqualTo(-1);
        run("verify", "--data");
    }

    private void run(String... arguments) throws Exception {
        ProcessBuilder child = ChildProcess.prepare(user.environment(), arguments);
        child.command().addAll(1, List.of("-XX:ActiveProcessorCount=16"));
        child.command().replaceAll(word -> word.equals("-Xmx256m") ? "-Xmx168m" : word);
        Path log = folder.resolve("log");
        Process process =
                child.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        assertThat(process.waitFor()).as(Files.readString(log)).isZero();
        assertThat(child.command()).contains("-Xmx168m");
    }
}
