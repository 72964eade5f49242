package dev.cairn.cli.key;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the secret that opens a repository is chosen. A source that was given never falls back to another. */
class KeysTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    @BeforeEach
    void aUser() throws IOException {
        user = new TestUser(folder.resolve("home"));
    }

    private String repository(String name) {
        return folder.resolve(name).toString();
    }

    @Test
    void init_default_writesAKeyFileOnlyItsOwnerMayRead() throws IOException {
        JsonNode made = user.json("init", "-r", repository("r"));

        Path keys = user.home.resolve(".config/cairn/keys");
        Path key = keys.resolve(made.path("repository").asText() + ".key");
        assertThat(Files.getPosixFilePermissions(key)).hasToString("[OWNER_READ, OWNER_WRITE]");
        assertThat(made.path("recoveryCode").asText())
                .matches("([A-Z0-9]{5}-){6}[A-Z0-9]{5}|([A-Z0-9]{5}-){5}[A-Z0-9]+");
        user.ok("-r", repository("r"), "snapshots");
        user.ok("-r", repository("r"), "--key-file", key.toString(), "snapshots");
    }

    @Test
    void init_again_leavesTheRepositoryAlone() {
        user.ok("init", "-r", repository("r"));
        TestUser.Ending again = user.run("init", "-r", repository("r"));
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err()).contains(repository("r")).doesNotContain("Recovery code");
        user.ok("-r", repository("r"), "snapshots");
    }

    @Test
    void init_quiet_stillPrintsTheRecoveryCode() {
        TestUser.Ending made = user.ok("init", "-q", "-r", repository("r"));
        assertThat(made.err()).contains("Recovery code");
    }

    @Test
    void init_chunksAndCompression_areTaken() {
        user.ok("init", "-r", repository("r"), "--chunks", "4/16/64", "--compression", "lz4");
        for (List<String> wrong : List.of(
                List.of("--chunks", "0/16/64"),
                List.of("--chunks", "64/16/4"),
                List.of("--chunks", "x"),
                List.of("--compression", "zip"),
                List.of("--compression", "zstd:99"))) {
            TestUser.Ending ending = user.run("init", "-r", repository("w"), wrong.getFirst(), wrong.getLast());
            assertThat(ending.exitCode()).as("%s: %s", wrong, ending).isEqualTo(2);
            assertThat(folder.resolve("w")).doesNotExist();
        }
    }

    /** A command that opens a repository twice, or looks twice whether a key was named, asks for it once. */
    @Test
    void passwordCommand_whateverTheCommandDoes_isRunOnce() throws IOException {
        Path asked = folder.resolve("asked");
        String command = "echo asked >>'" + asked + "'; echo 'correct horse'";
        user.ok("-r", repository("once"), "--password-command", command, "init");
        assertThat(asked).content().isEqualTo("asked\n");
        Files.delete(asked);
        user.ok("-r", repository("once"), "--password-command", command, "repair");
        assertThat(asked).content().isEqualTo("asked\n");
    }

    @Test
    void password_everySource_opens() throws IOException {
        Path file = user.write("password", "correct horse\nsecond line\n");
        user.ok("init", "-r", repository("r"), "--password-file", file.toString());
        assertThat(user.home.resolve(".config/cairn/keys")).doesNotExist();

        user.ok("-r", repository("r"), "--password-file", file.toString(), "snapshots");
        user.ok("-r", repository("r"), "--password-command", "echo 'correct horse'", "snapshots");
        new TestUser(user.home).with("CAIRN_PASSWORD", "correct horse").ok("-r", repository("r"), "snapshots");
        new TestUser(user.home).with("CAIRN_PASSWORD_FILE", file.toString()).ok("-r", repository("r"), "snapshots");
    }

    @Test
    void password_wrongEmptyOrMissing_isWrongKey() throws IOException {
        Path file = user.write("password", "correct horse\n");
        user.ok("init", "-r", repository("r"), "--password-file", file.toString());

        assertWrongKey(user.run("-r", repository("r"), "--password-command", "echo wrong", "snapshots"));
        assertWrongKey(user.run("-r", repository("r"), "--password-command", "true", "snapshots"));
        assertWrongKey(user.run("-r", repository("r"), "--password-command", "exit 3", "snapshots"));
        assertWrongKey(user.run("-r", repository("r"), "--password-file", repository("nofile"), "snapshots"));
        Path empty = user.write("empty", "\n");
        assertWrongKey(user.run("-r", repository("r"), "--password-file", empty.toString(), "snapshots"));
        assertWrongKey(new TestUser(user.home).with("CAIRN_PASSWORD", "").run("-r", repository("r"), "snapshots"));
        // No terminal here to ask at.
        assertWrongKey(user.run("-r", repository("r"), "snapshots"));
    }

    @Test
    void givenSource_neverFallsBackToTheKeyFile() throws IOException {
        user.ok("init", "-r", repository("r"));
        assertWrongKey(user.run("-r", repository("r"), "--password-command", "echo x", "snapshots"));
        assertWrongKey(user.run("-r", repository("r"), "--key-file", repository("nofile"), "snapshots"));
        Path malformed = user.write("malformed", "not a key");
        assertWrongKey(user.run("-r", repository("r"), "--key-file", malformed.toString(), "snapshots"));
        assertWrongKey(new TestUser(user.home)
                .with("CAIRN_KEY_FILE", malformed.toString())
                .run("-r", repository("r"), "snapshots"));
        assertWrongKey(new TestUser(user.home).with("CAIRN_KEY_FILE", "").run("-r", repository("r"), "snapshots"));
        assertThat(user.run("-r", repository("r"), "--key-file", "a", "--password-file", "b", "snapshots")
                        .exitCode())
                .isEqualTo(2);
    }

    @Test
    void keyFile_ofAnotherRepository_isWrongKey() throws IOException {
        user.ok("init", "-r", repository("one"));
        String other =
                user.json("init", "-r", repository("two")).path("repository").asText();
        Path key = user.home.resolve(".config/cairn/keys/" + other + ".key");
        assertWrongKey(user.run("-r", repository("one"), "--key-file", key.toString(), "snapshots"));
    }

    @Test
    void newRepository_secretsInMessages_areNotThere() throws IOException {
        Path file = user.write("password", "correct horse\n");
        TestUser.Ending made = user.ok("init", "-r", repository("r"), "--password-file", file.toString());
        TestUser.Ending wrong = user.run("-r", repository("r"), "--password-command", "echo wrong-guess", "snapshots");
        assertThat(made.toString()).doesNotContain("correct horse");
        assertThat(wrong.err()).doesNotContain("wrong-guess");
    }

    private static void assertWrongKey(TestUser.Ending ending) {
        assertThat(ending.exitCode()).as("%s", ending).isEqualTo(12);
        assertThat(ending.err()).startsWith("cairn: ").doesNotContain("Exception");
    }
}
