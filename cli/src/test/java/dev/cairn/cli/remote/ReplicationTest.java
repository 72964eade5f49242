package dev.cairn.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.cli.fixture.LocalServer;
import dev.cairn.cli.fixture.ServerProcess;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Push, pull and clone through a server: one in this process, and once a process of its own. */
@Execution(ExecutionMode.CONCURRENT)
class ReplicationTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser ada;

    @SuppressWarnings("NullAway.Init")
    private LocalServer server;

    private Path data() {
        return folder.resolve("data");
    }

    private String copy() {
        return folder.resolve("clone").toString();
    }

    @BeforeEach
    void aServerAndASnapshot() throws IOException {
        server = new LocalServer(folder.resolve("server"));
        ada = new TestUser(folder.resolve("ada"));
        Random random = new Random(11);
        Files.createDirectories(data().resolve("unmistakable-folder-name"));
        for (int i = 0; i < 40; i++) {
            byte[] noise = new byte[30_000];
            random.nextBytes(noise);
            Files.write(data().resolve("f" + i), noise);
        }
        Files.writeString(
                data().resolve("unmistakable-folder-name/unmistakable-file-name"),
                "unmistakable content, in a file of its own ".repeat(40));
        ada.ok("snapshot", data().toString());
        ada.addRemote("origin", server.url("r"), server.enrolmentCode());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void pushAndClone_bringEveryByteAndTheServerStopsCleanly() throws Exception {
        try (ServerProcess process = new ServerProcess(Files.createDirectories(folder.resolve("process")))) {
            ada.ok("remote", "remove", "origin");
            ada.addRemote("origin", process.url("r"), process.enrolmentCode());
            JsonNode pushed = ada.json("push");
            assertThat(pushed.fieldNames())
                    .toIterable()
                    .contains(
                            "snapshot",
                            "recordsSent",
                            "bytesSent",
                            "bytesReceived",
                            "requests",
                            "deltaRecords",
                            "batchesResent",
                            "branches",
                            "seconds");
            assertThat(pushed.path("branches").get(0).path("moved").asBoolean()).isTrue();
            assertThat(pushed.path("bytesSent").asLong()).isBetween(1_200_000L, 1_400_000L);

            TestUser bob = new TestUser(folder.resolve("bob"));
            Path key = keyFile(ada);
            String code = ada.json("device", "enrol", "--data", process.data().toString(), "--role", "read")
                    .path("code")
                    .asText();
            JsonNode cloned =
                    bob.json("clone", process.url("r"), copy(), "--enrol", code, "--key-file", key.toString());
            assertThat(cloned.path("recordsReceived")).isEqualTo(pushed.path("recordsSent"));
            assertThat(cloned.path("snapshot")).isEqualTo(pushed.path("snapshot"));

            // The key is kept for it: no option is needed any more.
            Path target = folder.resolve("target");
            bob.ok("-r", copy(), "restore", "main", "--target", target.toString(), "--verify");
            assertSame(data(), target);
            bob.ok("-r", copy(), "verify", "--data");
            TestUser.Ending mayNotPush = bob.run("-r", copy(), "snapshot", data().toString(), "--branch", "bob");
            assertThat(mayNotPush.exitCode()).isZero();
            assertThat(bob.run("-r", copy(), "push").exitCode()).isEqualTo(15);
            assertThat(process.stop()).isZero();
            assertThat(Files.readString(process.log()))
                    .doesNotContain("Exception")
                    .doesNotContain("WARN");
        }
    }

    @Test
    void remoteAdd_ofANameThatIsTaken_saysWhatItReplaces() {
        String url = ada.json("remote", "list").get(0).path("url").asText();
        assertThat(ada.ok("remote", "add", "origin", url).err()).doesNotContain("takes the place");
        String other = url.replaceFirst("/default/[^#]*", "/default/other");
        assertThat(ada.ok("remote", "add", "origin", other).err()).contains("takes the place of " + url);
        assertThat(ada.json("remote", "add", "origin", url).path("replaces").asText())
                .isEqualTo(other);
        assertThat(ada.ok("push").out()).contains("main: ");
    }

    @Test
    void push_afterASmallChange_sendsOnlyThat() throws IOException {
        ada.ok("push");
        Files.writeString(data().resolve("f7"), "small now");
        ada.ok("snapshot", data().toString());

        JsonNode second = ada.json("push");
        assertThat(second.path("recordsSent").asInt()).isBetween(1, 6);
        assertThat(second.path("bytesSent").asLong()).isLessThan(40_000);
        JsonNode third = ada.json("push");
        assertThat(third.path("recordsSent").asInt()).isZero();
        assertThat(third.path("branches").get(0).path("moved").asBoolean()).isFalse();
    }

    @Test
    void pull_afterAnotherPushed_fetchesOnlyTheDifference() throws IOException {
        ada.ok("push");
        ada.ok("clone", server.url("r"), copy());
        Files.writeString(data().resolve("f3"), "changed");
        ada.ok("snapshot", data().toString());
        ada.ok("push");

        JsonNode pulled = ada.json("-r", copy(), "pull");
        assertThat(pulled.path("recordsReceived").asInt()).isBetween(1, 6);
        assertThat(pulled.path("branches").get(0).path("moved").asBoolean()).isTrue();
        assertThat(ada.ok("-r", copy(), "cat", "main:f3").out()).isEqualTo("changed");
        assertThat(ada.json("-r", copy(), "pull").path("recordsReceived").asInt())
                .isZero();
    }

    @Test
    void push_branchThatMovedElsewhere_isAConflictWithAWayOut() throws IOException {
        ada.ok("push");
        ada.ok("clone", server.url("r"), copy());
        Files.writeString(data().resolve("f1"), "from the clone");
        ada.ok("-r", copy(), "snapshot", data().toString());
        ada.ok("-r", copy(), "push");
        Files.writeString(data().resolve("f1"), "from the first");
        String mine = ada.json("snapshot", data().toString()).path("snapshot").asText();

        TestUser.Ending conflict = ada.run("push", "--json");

        assertThat(conflict.exitCode()).isEqualTo(4);
        assertThat(conflict.json().path("branches").get(0).path("moved").asBoolean())
                .isFalse();
        assertThat(conflict.error().path("code").asText()).isEqualTo("conflict");
        assertThat(conflict.error().path("hint").asText()).isNotEmpty();
        // Nothing is lost on either side, and the way out works.
        assertThat(ada.ok("cat", "main:f1").out()).isEqualTo("from the first");
        assertThat(ada.run("pull").exitCode()).isEqualTo(4);
        ada.ok("snapshot", data().toString(), "--branch", "mine");
        ada.ok("push", "origin", "mine");
        ada.ok("-r", copy(), "pull");
        assertThat(ada.ok("-r", copy(), "cat", "mine:f1").out()).isEqualTo("from the first");
        assertThat(ada.ok("-r", copy(), "cat", "main:f1").out()).isEqualTo("from the clone");
        assertThat(mine).isNotEmpty();
    }

    @Test
    void serverFolder_holdsNoPlaintextAndNoName() throws IOException {
        ada.ok("push");
        try (Stream<Path> files = Files.walk(server.data())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
                assertThat(bytes.contains("unmistakable")).as("%s", file).isFalse();
            }
        }
        assertThat(folder.resolve("server/keys")).doesNotExist();
    }

    @Test
    void clone_withRecoveryCodeOrPassword_needsNoKeyFile() throws IOException {
        TestUser eve = new TestUser(folder.resolve("eve"));
        Path password = eve.write("password", "correct horse\n");
        JsonNode made = eve.json("init", "-r", folder.resolve("p").toString(), "--password-file", password.toString());
        String code = ada.json("device", "enrol", "--data", server.data().toString())
                .path("code")
                .asText();
        String[] source = {"-r", folder.resolve("p").toString(), "--password-file", password.toString()};
        eve.ok(concat(source, "snapshot", data().toString()));
        eve.ok(concat(source, "remote", "add", "origin", server.url("p"), "--enrol", code, "--retry-for", "1m"));
        eve.ok(concat(source, "push"));

        TestUser other = new TestUser(folder.resolve("other"));
        Files.createDirectories(other.home.resolve(".config/cairn"));
        Files.copy(eve.home.resolve(".config/cairn/device.key"), other.home.resolve(".config/cairn/device.key"));
        TestUser.Ending wrong = other.run("clone", server.url("p"), copy(), "--recovery-code", "AAAAA-BBBBB");
        assertThat(wrong.exitCode()).isEqualTo(12);
        assertThat(folder.resolve("clone")).doesNotExist();
        other.ok(
                "clone",
                server.url("p"),
                copy(),
                "--recovery-code",
                made.path("recoveryCode").asText());
        other.ok("-r", copy(), "verify", "--data");
        other.ok("clone", server.url("p"), folder.resolve("clone2").toString(), "--password-file", password.toString());
    }

    @Test
    void remoteFaults_eachHaveTheirExitCodeAndASentence() throws Exception {
        ada.ok("push");
        String wrong = server.url("r").replaceAll("sha256:.{8}", "sha256:00000000");
        assertFails(15, "is pinned", ada.run("remote", "add", "wrong", wrong, "--retry-for", "1s"));
        assertFails(
                15,
                "enrolment code",
                ada.run("remote", "add", "twice", server.url("r"), "--enrol", server.enrolmentCode() + "X"));
        assertFails(10, "no repository", ada.run("clone", server.url("nothing"), copy()));
        TestUser stranger = new TestUser(folder.resolve("stranger"));
        assertFails(
                15,
                "not on the server's list",
                stranger.run(
                        "clone",
                        server.url("r"),
                        copy(),
                        "--key-file",
                        keyFile(ada).toString()));
        // Another repository under the same name.
        ada.ok("init", "-r", folder.resolve("second").toString());
        ada.ok("-r", folder.resolve("second").toString(), "snapshot", data().toString());
        ada.ok("-r", folder.resolve("second").toString(), "remote", "add", "origin", server.url("r"));
        assertFails(1, "has repository", ada.run("-r", folder.resolve("second").toString(), "push"));

        String device = ada.json("device", "list", "--data", server.data().toString())
                .path("devices")
                .get(0)
                .path("device")
                .asText();
        ada.ok("device", "revoke", device, "--data", server.data().toString());
        assertFails(15, "revoked", ada.run("push"));
        server.stop();
        assertFails(14, "cannot be reached", ada.run("push", "--retry-for", "500ms"));
    }

    private static void assertFails(int code, String words, TestUser.Ending ending) {
        assertThat(ending.exitCode()).as("%s", ending).isEqualTo(code);
        assertThat(ending.err()).contains(words).doesNotContain("Exception").doesNotContain("\tat ");
    }

    private static Path keyFile(TestUser user) throws IOException {
        try (Stream<Path> keys = Files.list(user.home.resolve(".config/cairn/keys"))) {
            return keys.findFirst().orElseThrow();
        }
    }

    private static String[] concat(String[] first, String... rest) {
        return Stream.concat(Stream.of(first), Stream.of(rest)).toArray(String[]::new);
    }

    private static void assertSame(Path expected, Path actual) throws IOException {
        try (Stream<Path> all = Files.walk(expected)) {
            for (Path path : all.filter(Files::isRegularFile).toList()) {
                assertThat(actual.resolve(expected.relativize(path).toString())).hasSameBinaryContentAs(path);
            }
        }
    }
}
