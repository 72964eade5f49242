package dev.cairn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cli.fixture.ChildProcess;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A secret with a mark in it is nowhere but where it was put: not in output, messages, logs, files or process lists. */
@Order(9)
class SecretsTest {

    private static final String MARK = "unmistakable-marker-of-a-secret";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser ada;

    @SuppressWarnings("NullAway.Init")
    private Path password;

    @BeforeEach
    void aRepositoryWithAPassword() throws IOException {
        ada = new TestUser(folder.resolve("home"));
        password = Files.writeString(folder.resolve("password"), MARK + "\n");
        ada.ok("init");
        ada.ok("key", "add", "--new-password-file", password.toString());
    }

    /** Commands as processes of their own, with all that they log; looked at while the command for the password runs. */
    @Test
    void everyCommand_debugLogs_holdNoSecret() throws Exception {
        Map<String, String> environment = new TreeMap<>(ada.environment());
        environment.put("CAIRN_LOG", "debug");
        environment.put("CAIRN_DEBUG", "1");
        Path ready = folder.resolve("ready");
        // The command waits until the process list was looked at.
        String command = "while [ ! -e '%s' ]; do sleep 0.05; done; cat '%s'".formatted(ready, password);
        Path log = folder.resolve("log");
        Process process =
                ChildProcess.start(environment, log, "--password-command", command, "key", "list", "--json", "-v");
        List<String> lines = new ArrayList<>();
        for (int i = 0;
                i < 600 && process.isAlive() && process.descendants().findAny().isEmpty();
                i++) {
            Thread.sleep(100);
        }
        for (ProcessHandle one : Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList()) {
            lines.add(commandLine(one));
        }
        Files.createFile(ready);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(log)).isZero();
        assertThat(lines).hasSizeGreaterThan(1).noneMatch(line -> line.contains(MARK));
        assertThat(Files.readString(log)).contains("argon2id").doesNotContain(MARK);
    }

    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(
                    Path.of("/proc", String.valueOf(process.pid()), "cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // It has ended.
            return "";
        }
    }

    @Test
    void rightAndWrongSecrets_inAnyForm_areNotTold() throws IOException {
        Path wrong = ada.write("wrong", MARK + "-and-more\n");
        Path notAKey = ada.write("not-a-key", "cairn key file 1\nrepository: " + MARK + "\nkey: " + MARK + "\n");
        Path notARecipient = ada.write("not-a-recipient", "cairn recipient key 1\nprivate: " + MARK + "\n");
        String[][] commands = {
            {"--password-file", password.toString(), "key", "list"},
            {"--password-file", wrong.toString(), "key", "list"},
            {"--password-command", "cat '" + password + "'", "key", "rotate"},
            {"--recovery-code-file", wrong.toString(), "key", "list"},
            {"--key-file", notAKey.toString(), "key", "list"},
            {"--key-file", notARecipient.toString(), "key", "list"},
            {"key", "add", "--new-password-file", wrong.toString(), "--label", "a label"},
        };
        for (String[] command : commands) {
            for (String form : new String[] {"--json", "-v"}) {
                String[] line =
                        Stream.concat(Stream.of(command), Stream.of(form)).toArray(String[]::new);
                assertThat(ada.run(line).toString()).as(String.join(" ", line)).doesNotContain(MARK);
            }
        }
        assertThat(new TestUser(ada.home)
                        .with("CAIRN_PASSWORD", MARK + "x")
                        .run("key", "list")
                        .toString())
                .doesNotContain(MARK);
        assertNothingWritten();
    }

    /** Nothing below the home holds it, apart from what this test put there. */
    private void assertNothingWritten() throws IOException {
        try (Stream<Path> files = Files.walk(ada.home)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!Objects.requireNonNull(file.getParent()).equals(ada.home)) {
                    assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                            .as("%s", file)
                            .doesNotContain(MARK);
                }
            }
        }
    }

    /** The keys that open things appear in their own files only. */
    @Test
    void keyFiles_theirKeys_areNowhereElse() throws IOException {
        Path own = folder.resolve("own.key");
        String told = ada.ok("key", "generate", own.toString(), "-v").toString();
        Path other = folder.resolve("other.key");
        told += ada.ok("key", "add", "--new-key-file", other.toString(), "-v").toString();
        told += ada.ok("key", "list", "--json").toString() + ada.ok("key", "rotate", "--reseal", "-v");
        for (Path file : new Path[] {own, other}) {
            String secret = Files.readAllLines(file).stream()
                    .filter(line -> line.startsWith("key: ") || line.startsWith("private: "))
                    .map(line -> line.substring(line.indexOf(' ') + 1))
                    .findFirst()
                    .orElseThrow();
            assertThat(secret).hasSize(64);
            assertThat(told).doesNotContain(secret);
        }
    }
}
