package dev.cairn.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.cli.fixture.ChildProcess;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who reads standard output ends before the command does, as {@code head} and {@code less} do. */
class ClosedPipeTest {

    private static final int UNREAD = 141;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void output_whoseReaderHasEnded_endsTheCommandWithoutAWord() throws Exception {
        TestUser user = new TestUser(folder.resolve("home"));
        user.write("data/notes", "Call Grace.\n");
        user.ok("snapshot", user.home.resolve("data").toString());
        Map<List<String>, Process> commands = new LinkedHashMap<>();
        for (List<String> command : List.of(
                List.of("ls", "main"),
                List.of("ls", "main", "--json"),
                List.of("cat", "main:notes"),
                List.of("export", "main"),
                List.of("stats", "--json"))) {
            commands.put(command, unread(user, command));
        }
        for (Map.Entry<List<String>, Process> command : commands.entrySet()) {
            Process process = command.getValue();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.errorReader().lines()).as("%s", command.getKey()).isEmpty();
            assertThat(process.exitValue()).as("%s", command.getKey()).isEqualTo(UNREAD);
        }
    }

    @Test
    void output_thatCannotBeWritten_isAFailureThatIsTold() throws Exception {
        TestUser user = new TestUser(folder.resolve("home"));
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "/dev/full is not here");
        Process process = ChildProcess.prepare(user.environment(), "doctor")
                .redirectOutput(full.toFile())
                .start();

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.errorReader().lines()).contains("cairn: standard output cannot be written");
        assertThat(process.exitValue()).isEqualTo(1);
    }

    private static Process unread(TestUser user, List<String> command) throws IOException {
        Process process = ChildProcess.prepare(user.environment(), command.toArray(String[]::new))
                .start();
        process.getInputStream().close();
        return process;
    }
}
