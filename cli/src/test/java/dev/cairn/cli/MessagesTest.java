package dev.cairn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.cli.command.Places;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.fixture.TestUser;
import dev.cairn.cli.fixture.VolumeDamage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told, and where, when something is not as it should be. */
class MessagesTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    @BeforeEach
    void aSnapshot() throws IOException {
        user = new TestUser(folder.resolve("home"));
        user.write("data/one", "1");
        user.write("data/sub/two", "2");
        user.ok("snapshot", user.home.resolve("data").toString());
    }

    @Test
    void restore_partialAndQuiet_stillListsWhatItLeftOut() throws IOException {
        Path target = Files.createDirectories(folder.resolve("target"));
        // A folder with content where a file is to stand: nothing is deleted unasked.
        Files.writeString(Files.createDirectories(target.resolve("one")).resolve("mine"), "keep");
        TestUser.Ending ending = user.run("-q", "restore", "main", "--target", target.toString());
        assertThat(ending.exitCode()).as("%s", ending).isEqualTo(3);
        assertThat(ending.err()).contains("not restored: one");
    }

    /** What was done goes without saying; what was asked for does not. */
    @Test
    void quiet_whatWasDone_isNotTold() {
        String data = user.home.resolve("data").toString();
        for (String[] line : new String[][] {
            {"snapshot", data},
            {"restore", "main", "--target", folder.resolve("t").toString()},
            {"tag", "add", "main", "x"},
            {"pin", "main"},
            {"branch", "create", "other", "main"},
            {"export", "main", "-o", folder.resolve("all.tar").toString()},
            {"forget", "--keep-last", "1"},
            {"gc"},
            {"verify", "--data"},
            {"scrub"}
        }) {
            String[] quiet = Arrays.copyOf(line, line.length + 1);
            quiet[line.length] = "-q";
            TestUser.Ending ending = user.ok(quiet);
            assertThat(ending.out() + ending.err()).as(String.join(" ", quiet)).isEmpty();
        }
        assertThat(user.ok("-q", "ls", "main").out()).contains("one");
        assertThat(user.ok("-q", "snapshots").out()).contains("main");
        assertThat(user.ok("-q", "forget", "--keep-last", "1", "-n").out()).contains("keep");
        assertThat(user.ok("-q", "snapshot", data, "--json")
                        .json()
                        .path("snapshot")
                        .asText())
                .hasSize(64);
    }

    @Test
    void verify_damagedAndQuiet_stillListsTheDamage() throws IOException {
        byte[] large = new byte[1 << 20];
        new Random(7).nextBytes(large);
        Files.write(user.home.resolve("data/large"), large);
        user.ok("snapshot", user.home.resolve("data").toString());
        VolumeDamage.flipWithin(user.defaultRepository(), 500_000);
        TestUser.Ending ending = user.run("-q", "verify", "--data");
        assertThat(ending.exitCode()).as("%s", ending).isEqualTo(13);
        assertThat(ending.err()).contains("damaged");
    }

    @Test
    void standardOutput_cannotBeWritten_failsInsteadOfAnEmptyAnswer() {
        for (String[] line :
                new String[][] {{"ls", "main"}, {"snapshots", "--json"}, {"cat", "main:one"}, {"version"}}) {
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            int code = Main.run(
                    new Places(Map.copyOf(user.environment())), Console.utf8(new FullDisk()), Console.utf8(err), line);
            assertThat(code).as(line[0]).isEqualTo(1);
            assertThat(err.toString(StandardCharsets.UTF_8)).contains("standard output cannot be written");
        }
    }

    @Test
    void remoteAdd_ofAWrongName_isToldBeforeAnybodyIsAsked() {
        TestUser.Ending ending =
                user.run("remote", "add", "a name", "https://127.0.0.1:1/default/r#sha256:" + "0a".repeat(32));
        assertThat(ending.exitCode()).isEqualTo(2);
        assertThat(ending.err()).contains("not a name for a remote: 'a name'");
    }

    @Test
    void remoteRemove_ofNone_doesNotAdviseToAddIt() {
        assertThat(user.run("remote", "remove", "origin").err())
                .contains("no remote 'origin'", "cairn remote list")
                .doesNotContain("remote add");
    }

    @Test
    void place_thatIsNotThere_isToldWithTheWayOn() {
        for (String[] line : new String[][] {
            {"ls", "main:none"},
            {"cat", "main:none"},
            {"restore", "main:none", "--target", folder.resolve("t").toString()},
            {"ls", "main~7"},
            {"snapshots", "--branch", "none"},
            {"cat", "main"}
        }) {
            JsonNode error = error(line);
            assertThat(error.path("hint").asText()).as(line[0]).contains("cairn ");
        }
        assertThat(user.run("cat", "main").err()).contains("the snapshot's root is no file");
    }

    private JsonNode error(String... line) {
        String[] all = Arrays.copyOf(line, line.length + 1);
        all[line.length] = "--json";
        TestUser.Ending ending = user.run(all);
        assertThat(ending.exitCode()).as("%s", ending).isEqualTo(1);
        return ending.error();
    }

    @Test
    void serve_onAPortThatIsTaken_saysToGiveAnother() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            TestUser.Ending ending = user.run(
                    "serve",
                    "--data",
                    folder.resolve("server").toString(),
                    "--listen",
                    "127.0.0.1:" + taken.getLocalPort());
            assertThat(ending.exitCode()).isEqualTo(1);
            assertThat(ending.err()).contains("cannot listen on", "Give --listen");
        }
    }

    @Test
    void serve_givenAFileThatIsNoCertificate_isNoDamageOfTheStore() {
        String wrong = user.write("wrong.pem", "not PEM").toString();
        TestUser.Ending ending = user.run(
                "serve",
                "--data",
                folder.resolve("server").toString(),
                "--listen",
                "127.0.0.1:0",
                "--tls-cert",
                wrong,
                "--tls-key",
                wrong);
        assertThat(ending.exitCode()).as("%s", ending).isEqualTo(1);
        assertThat(ending.err()).contains("cannot use " + wrong, "--tls-cert").doesNotContain("cairn verify");
    }

    @Test
    void serve_dataFolderIsAFile_isToldWithoutTheNameOfAClass() {
        String file = user.write("file", "x").toString();
        TestUser.Ending ending = user.run("serve", "--data", file, "--listen", "127.0.0.1:0");
        assertThat(ending.exitCode()).isEqualTo(1);
        assertThat(ending.err()).contains("a file is in the way", "--data").doesNotContain("Exception");
    }

    @Test
    void init_whereNoFolderCanBe_saysWhy() {
        TestUser.Ending ending = user.run("init", "-r", "/proc/cairn-test");
        assertThat(ending.exitCode()).isEqualTo(1);
        assertThat(ending.err()).contains("no such file or folder").doesNotContain("Exception");
    }

    @Test
    void version_asJson_hasSeconds() {
        assertThat(user.json("version").path("seconds").isNumber()).isTrue();
    }

    @Test
    void keyFile_thatMayNotBeRead_isToldSoAndNotAsMissing() throws IOException {
        assumeFalse("root".equals(System.getProperty("user.name")), "root may read everything");
        Path keys = user.home.resolve(".config/cairn/keys");
        Set<PosixFilePermission> before = Files.getPosixFilePermissions(keys);
        Files.setPosixFilePermissions(keys, Set.of());
        try {
            TestUser.Ending ending = user.run("snapshots");
            assertThat(ending.exitCode()).isEqualTo(12);
            assertThat(ending.err()).contains("may not be read by this user");
        } finally {
            Files.setPosixFilePermissions(keys, before);
        }
    }

    private static final class FullDisk extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            throw new IOException("No space left on device");
        }
    }
}
