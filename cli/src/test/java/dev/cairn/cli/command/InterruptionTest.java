package dev.cairn.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.cli.fixture.ChildProcess;
import dev.cairn.cli.fixture.TestUser;
import dev.cairn.cli.fixture.VolumeDamage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Ctrl-C. That a command stops soon is measured by the processor time that it still takes: on a busy machine a second passes without
 * any, so these have longer to tell what became of them.
 */
@Execution(ExecutionMode.CONCURRENT)
class InterruptionTest {

    /** Beyond all patience below: a command that does not end by itself is noticed. */
    private static final List<String> LONG_GRACE = List.of("-Dcairn.interruption.grace=300000");

    /** What two processors do in the second that a command may take. */
    private static final long TICKS_MAX = 200;

    private static final long PATIENCE_SECONDS = 60;

    private static final int FILES = 40;
    private static final int FILE_BYTES = 2 << 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void snapshot_interrupted_stopsCleanlyAndTheNextGoesOn() throws Exception {
        TestUser user = new TestUser(folder.resolve("home"));
        Path data = noise();
        user.ok("init", "-r", user.defaultRepository().toString());
        Path log = folder.resolve("log");
        Process snapshot = ChildProcess.start(LONG_GRACE, user.environment(), log, "snapshot", data.toString());
        Path volume = VolumeDamage.firstVolume(user.defaultRepository());
        while (snapshot.isAlive() && (!Files.exists(volume) || Files.size(volume) < FILE_BYTES)) {
            Thread.sleep(5);
        }

        interrupt(snapshot);

        assertThat(snapshot.exitValue()).as("%s", Files.readString(log)).isEqualTo(130);
        assertThat(Files.readString(log)).contains("goes on from").doesNotContain("Exception");
        assertThat(user.json("snapshots")).isEmpty();
        user.ok("verify", "--data");
        JsonNode next = user.json("snapshot", data.toString());
        assertThat(next.path("files").asInt()).isEqualTo(FILES);
        assertThat(next.path("bytesNew").asLong()).isLessThan((long) FILES * FILE_BYTES);
        user.ok("verify", "--data");
    }

    @Test
    void restore_interrupted_leavesWholeFilesOnly() throws Exception {
        TestUser user = new TestUser(folder.resolve("home"));
        Path data = noise();
        user.ok("snapshot", data.toString());
        Path target = folder.resolve("target");
        Path log = folder.resolve("log");
        Process restore = ChildProcess.start(
                LONG_GRACE, user.environment(), log, "restore", "main", "--target", target.toString());
        while (restore.isAlive() && count(target) < 2) {
            Thread.sleep(5);
        }

        interrupt(restore);

        assertThat(restore.exitValue()).as("%s", Files.readString(log)).isEqualTo(130);
        try (Stream<Path> files = Files.list(target)) {
            for (Path file : files.toList()) {
                assertThat(file)
                        .hasSameBinaryContentAs(data.resolve(file.getFileName().toString()));
            }
        }
        user.ok("restore", "main", "--target", target.toString(), "--verify");
        assertThat(count(target)).isEqualTo(FILES);
    }

    @Test
    void hook_interrupted_endsAndOnFailureStillRuns() throws Exception {
        TestUser user = new TestUser(folder.resolve("home")).with("PATH", System.getenv("PATH"));
        user.write("data/a", "a");
        user.ok("init", "-r", user.home + "/repo");
        user.write(".config/cairn/config.toml", """
            [profile.p]
            repository = "~/repo"
            paths = ["~/data"]
            before = 'echo $$ > ~/started.new; mv ~/started.new ~/started; exec sleep 300'
            on-failure = [["sh", "-c", "touch \\"$HOME/it's one\\""], ["sh", "-c", "touch ~/over"]]
            """);
        Process process =
                ChildProcess.start(LONG_GRACE, user.environment(), folder.resolve("log"), "-P", "p", "snapshot");
        Path started = user.home.resolve("started");
        await(started, process);
        interrupt(process);
        assertThat(process.exitValue()).isEqualTo(130);
        await(user.home.resolve("over"), null);
        assertThat(user.home.resolve("it's one")).exists();
        long hook = Long.parseLong(Files.readString(started).strip());
        assertThat(ProcessHandle.of(hook).filter(ProcessHandle::isAlive)).isEmpty();
    }

    private void await(Path file, @Nullable Process process) throws Exception {
        for (int i = 0; i < 600 && !Files.exists(file); i++) {
            assertThat(process == null || process.isAlive())
                    .as(() -> "the process ended: " + folder.resolve("log"))
                    .isTrue();
            Thread.sleep(50);
        }
        assertThat(file).as(Files.readString(folder.resolve("log"))).exists();
    }

    private Path noise() throws IOException {
        Path data = Files.createDirectories(folder.resolve("data"));
        Random random = new Random(7);
        byte[] noise = new byte[FILE_BYTES];
        for (int i = 0; i < FILES; i++) {
            random.nextBytes(noise);
            Files.write(data.resolve("f" + i), noise);
        }
        return data;
    }

    private static long count(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }

    /** Interrupts it, and waits for its end. */
    private static void interrupt(Process process) throws IOException, InterruptedException {
        long before = ticks(process);
        assertThat(new ProcessBuilder("kill", "-INT", String.valueOf(process.pid()))
                        .start()
                        .waitFor())
                .as("the process had not ended by itself")
                .isZero();
        long after = before;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!process.waitFor(5, TimeUnit.MILLISECONDS) && System.nanoTime() < deadline) {
            after = Math.max(after, ticks(process));
        }
        assertThat(process.isAlive()).as("it stops by itself").isFalse();
        assertThat(after - before).as("hundredths of a second until it stopped").isLessThan(TICKS_MAX);
    }

    /** The processor time of a process, in hundredths of a second; 0 once it has ended. */
    private static long ticks(Process process) throws IOException {
        String line;
        try {
            line = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            // It ended between the opening and the reading.
            if (process.isAlive()) {
                throw e;
            }
            return 0;
        }
        // After the name, which may contain anything: the twelfth and the thirteenth.
        String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }
}
