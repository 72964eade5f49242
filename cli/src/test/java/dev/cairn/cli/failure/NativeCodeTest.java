package dev.cairn.cli.failure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cli.fixture.ChildProcess;
import dev.cairn.cli.fixture.TestUser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A folder of temporary files that native code cannot be unpacked to, or loaded from. */
final class NativeCodeTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    /** With one processor the command meets it first, with two a thread that prepares does. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void anyCommand_whereItCannotBeLoaded_saysWhyAndWhatToDo(int processors) throws Exception {
        TestUser user = new TestUser(folder.resolve("home"));
        user.ok("init");
        Path nowhere = folder.resolve("nowhere");
        ProcessBuilder child = ChildProcess.prepare(user.environment(), "snapshots");
        child.command().addAll(1, List.of("-XX:ActiveProcessorCount=" + processors, "-Djava.io.tmpdir=" + nowhere));
        Path log = folder.resolve("log");
        Process process =
                child.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(Files.readString(log))
                .contains("native code of a library cannot be loaded", "unpacked to " + nowhere, "-Djava.io.tmpdir=DIR")
                .doesNotContain("\tat ");
    }
}
