package dev.cairn.cli.capture;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.cli.fixture.ChildProcess;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams in and out. */
class StreamCommandTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    @BeforeEach
    void aUser() throws IOException {
        user = new TestUser(folder.resolve("home"));
    }

    private byte[] noise(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(user.home.resolve(name), bytes);
    }

    private JsonNode ofCommand(String name, String... command) {
        String[] line = new String[command.length + 6];
        List<String> head = List.of("snapshot", "--json", "--stdin", name, "--stdin-from-command", "--");
        System.arraycopy(head.toArray(String[]::new), 0, line, 0, 6);
        System.arraycopy(command, 0, line, 6, command.length);
        return user.ok(line).json();
    }

    @Test
    void command_itsOutput_isAFileThatComesBackTheSame() throws IOException {
        for (int length : new int[] {0, 1, 512, 513, 65_536, 65_537, 1 << 20, (1 << 20) + 1, 3_000_000}) {
            byte[] bytes = noise(length, length);
            Path file = file("bytes", bytes);
            JsonNode result = ofCommand("db/dump-" + length, "cat", file.toString());
            assertThat(result.path("files").asInt()).isEqualTo(1);
            assertThat(result.path("bytes").asInt()).isEqualTo(length);
            assertThat(user.ok("cat", "main:db/dump-" + length).outBytes()).isEqualTo(bytes);
            assertThat(user.ok("restore", "main:db/dump-" + length, "--target", "-")
                            .outBytes())
                    .isEqualTo(bytes);
        }
        JsonNode entry = user.ok("ls", "main:db", "--json").jsonLines().getFirst();
        assertThat(entry.path("mode").asText()).isEqualTo("0600");
        assertThat(user.json("snapshots").get(0).path("paths").get(0).asText()).isEqualTo("db/dump-0");
    }

    @Test
    void stream_isStoredAsTheFileWouldBe_andAgainstWhatWasThere() throws IOException {
        byte[] bytes = noise(4 << 20, 1);
        Path file = file("dump", bytes);
        JsonNode first = ofCommand("dump", "cat", file.toString());
        assertThat(first.path("bytesNew").asInt()).isEqualTo(bytes.length);

        JsonNode asFile = user.json("snapshot", file.toString(), "--branch", "files");
        assertThat(asFile.path("chunksNew").asInt()).isZero();

        for (int i = 0; i < 20; i++) {
            bytes[i * 200_000] ^= 1;
        }
        Files.write(file, bytes);
        JsonNode second = ofCommand("dump", "cat", file.toString());
        assertThat(second.path("filesChanged").asInt()).isEqualTo(1);
        // Twenty chunks of 64 KiB and more are new; as deltas they are next to nothing.
        assertThat(second.path("bytesNew").asInt()).isGreaterThan(1_000_000);
        assertThat(second.path("bytesStored").asInt()).isLessThan(60_000);
        assertThat(user.ok("cat", "main:dump").outBytes()).isEqualTo(bytes);
    }

    @Test
    void command_thatFails_makesNoSnapshot() throws IOException {
        ofCommand("dump", "echo", "good");
        String before = user.json("snapshots").toString();

        TestUser.Ending ending = user.run(
                "snapshot", "--json", "--stdin", "dump", "--stdin-from-command", "--", "sh", "-c", "echo half; exit 3");

        assertThat(ending.exitCode()).isEqualTo(1);
        assertThat(ending.error().path("message").asText()).isEqualTo("the command 'sh' failed with exit status 3");
        assertThat(ending.error().path("hint").asText()).contains("the branch is where it was");
        assertThat(user.json("snapshots").toString()).isEqualTo(before);
        assertThat(user.ok("cat", "main:dump").out()).isEqualTo("good\n");
        TestUser.Ending missing = user.run("snapshot", "--stdin-from-command", "--", folder + "/no-such-command");
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.err()).contains("cannot run").doesNotContain("Exception");
    }

    @Test
    void stream_thatIsEmptyAndWasNot_isNotBelieved() throws IOException {
        ofCommand("dump", "echo", "good");
        TestUser.Ending ending = user.run("snapshot", "--stdin", "dump", "--stdin-from-command", "--", "true");
        assertThat(ending.exitCode()).isEqualTo(1);
        assertThat(ending.err()).contains("is empty, and was not", "--allow-empty");
        user.ok("snapshot", "--stdin", "dump", "--allow-empty", "--stdin-from-command", "--", "true");
        assertThat(user.ok("cat", "main:dump").out()).isEmpty();
    }

    @Test
    void dryRun_ofAStream_storesNothing() {
        ofCommand("dump", "echo", "good");
        JsonNode tried = user.ok(
                        "snapshot", "-n", "--json", "--stdin", "dump", "--stdin-from-command", "--", "echo", "better")
                .json();
        assertThat(tried.path("filesChanged").asInt()).isEqualTo(1);
        assertThat(user.json("snapshots")).hasSize(1);
        assertThat(user.ok("cat", "main:dump").out()).isEqualTo("good\n");
    }

    @Test
    void standardInput_ofAProcess_isReadToItsEnd() throws Exception {
        user.ok("init");
        byte[] bytes = noise(700_000, 9);
        Process process = ChildProcess.prepare(user.environment(), "snapshot", "--json", "--stdin", "in.bin")
                .redirectError(folder.resolve("err").toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(bytes);
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as("%s", Files.readString(folder.resolve("err")))
                .isZero();
        assertThat(user.ok("cat", "main:in.bin").outBytes()).isEqualTo(bytes);
    }

    @Test
    void standardInput_interruptedWhileItWaits_stopsAndMovesNothing() throws Exception {
        user.ok("init");
        Process process = ChildProcess.prepare(user.environment(), "-v", "snapshot", "--stdin", "in.bin")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out").toFile())
                .start();
        try (OutputStream in = process.getOutputStream()) {
            in.write("half".getBytes(StandardCharsets.UTF_8));
            in.flush();
            Path out = folder.resolve("out");
            for (int i = 0; i < 600 && !Files.exists(user.defaultRepository().resolve("replica")); i++) {
                Thread.sleep(50);
            }
            Thread.sleep(300);
            // Not the process's own, which closes its standard input as well: an end of what it reads.
            process.toHandle().destroy();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as("%s", Files.readString(out)).isIn(130, 143);
        }
        assertThat(user.json("snapshots")).isEmpty();
    }

    @Test
    void wrongUsage_isToldBeforeAnythingIsRead() throws IOException {
        String file = file("x", new byte[1]).toString();
        for (List<String> wrong : List.of(
                List.of("--stdin", "a", file),
                List.of("--stdin", ""),
                List.of("--stdin", "../a"),
                List.of("--stdin-from-command"),
                List.of("--stdin", "a", "--files-from", file))) {
            List<String> line = new java.util.ArrayList<>(List.of("snapshot"));
            line.addAll(wrong);
            TestUser.Ending ending = user.run(line.toArray(String[]::new));
            assertThat(ending.exitCode()).as("%s: %s", wrong, ending).isEqualTo(2);
            assertThat(ending.err()).startsWith("cairn: ");
        }
        user.ok("snapshot", file);
        assertThat(user.run("restore", "main", "--target", "-").exitCode()).isEqualTo(1);
        assertThat(user.run("restore", "main:" + file, "--target", "-", "--delete")
                        .exitCode())
                .isEqualTo(2);
    }
}
