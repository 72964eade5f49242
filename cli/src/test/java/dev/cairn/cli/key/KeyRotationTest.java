package dev.cairn.cli.key;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.cli.fixture.LocalServer;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Keys that change while a server and other replicas have copies. */
@Execution(ExecutionMode.CONCURRENT)
class KeyRotationTest {

    private static final int NOISE_BYTES = 600_000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser ada;

    @SuppressWarnings("NullAway.Init")
    private TestUser bob;

    @SuppressWarnings("NullAway.Init")
    private LocalServer server;

    @BeforeEach
    void aServerAndTwoReplicas() throws IOException {
        server = new LocalServer(folder.resolve("server"));
        ada = new TestUser(folder.resolve("ada"));
        byte[] noise = new byte[NOISE_BYTES];
        new Random(5).nextBytes(noise);
        ada.write("data/text", "text");
        Files.write(ada.home.resolve("data/noise"), noise);
        ada.ok("snapshot", ada.home.resolve("data").toString());
        ada.addRemote("origin", server.url("r"), server.enrolmentCode());
        ada.ok("push");
        bob = new TestUser(folder.resolve("bob"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String code(String role) {
        return ada.json("device", "enrol", "--data", server.data().toString(), "--role", role)
                .path("code")
                .asText();
    }

    private String clone(String name) {
        return folder.resolve(name).toString();
    }

    /** Bob comes in by a key of his own; no secret passes between them. */
    private void bobClones(String role) {
        Path own = folder.resolve("bob.key");
        String publicKey =
                bob.json("key", "generate", own.toString()).path("publicKey").asText();
        String repository = ada.json("key", "add", "--recipient", publicKey)
                .path("repository")
                .asText();
        ada.ok("push");
        TestUser.Ending blind =
                bob.run("clone", server.url("r"), clone("b"), "--enrol", code(role), "--key-file", own.toString());
        assertThat(blind.exitCode()).as("%s", blind).isEqualTo(2);
        assertThat(blind.err()).contains("--repository " + repository);
        TestUser.Ending other = bob.run(
                "clone", server.url("r"), clone("b"), "--key-file", own.toString(), "--repository", "00".repeat(32));
        assertThat(other.exitCode()).as("%s", other).isEqualTo(12);
        bob.ok("clone", server.url("r"), clone("b"), "--key-file", own.toString(), "--repository", repository);
        // The key is kept for it.
        bob.ok("-r", clone("b"), "verify", "--data");
    }

    private void assertRestores(TestUser user, String repository, String branch, Path expected) {
        Path target = folder.resolve("target-" + System.nanoTime());
        user.ok("-r", repository, "restore", branch, "--target", target.toString(), "--verify");
        for (String name : new String[] {"text", "noise"}) {
            assertThat(target.resolve(name)).hasSameBinaryContentAs(expected.resolve(name));
        }
    }

    @Test
    void rotate_resealReplaceFinish_everyoneReadsAndOldBytesAreNoise() {
        bobClones("write");
        ada.json("key", "rotate", "--reseal");
        TestUser.Ending early = ada.run("key", "rotate", "--finish");
        assertThat(early.exitCode()).isEqualTo(1);
        assertThat(early.err()).contains("push --replace");

        JsonNode sent = ada.json("push", "--replace");
        assertThat(sent.path("recordBytesSent").asLong()).isGreaterThan(NOISE_BYTES);
        assertThat(sent.path("bytesSent").asLong()).isGreaterThan(NOISE_BYTES);
        ada.ok("key", "rotate", "--finish", "--sent");
        assertThat(ada.ok("key", "rotate", "--finish", "--sent").err())
                .contains("no old keys left")
                .doesNotContain("--replace");
        ada.ok("push");

        // A replica from the server alone: it has nothing that the old key would be needed for.
        ada.ok("clone", server.url("r"), clone("c"));
        ada.ok("-r", clone("c"), "verify", "--data");
        JsonNode epochs = ada.json("-r", clone("c"), "key", "list").path("epochs");
        assertThat(epochs).hasSize(1);
        assertRestores(ada, clone("c"), "main", ada.home.resolve("data"));

        // Bob was away. His own records are under the old key, which his replica keeps until they are sealed anew.
        bob.ok("-r", clone("b"), "pull");
        bob.ok("-r", clone("b"), "verify", "--data");
        assertThat(bob.json("-r", clone("b"), "key", "list").path("epochs")).hasSize(2);
        bob.ok("-r", clone("b"), "key", "rotate", "--reseal");
        bob.ok("-r", clone("b"), "key", "rotate", "--finish", "--sent");
        bob.ok("-r", clone("b"), "push");
        ada.ok("pull");
        assertThat(ada.json("key", "list").path("epochs")).hasSize(1);
        assertRestores(bob, clone("b"), "main", ada.home.resolve("data"));
    }

    @Test
    void rotate_onTwoReplicasAtOnce_losesNoSnapshot() throws IOException {
        bobClones("write");
        ada.ok("key", "rotate");
        bob.ok("-r", clone("b"), "key", "rotate");
        ada.write("data/text", "by ada");
        ada.ok("snapshot", ada.home.resolve("data").toString());
        bob.write("data/text", "by bob");
        Files.write(bob.home.resolve("data/noise"), new byte[] {1, 2, 3});
        bob.ok("-r", clone("b"), "snapshot", bob.home.resolve("data").toString(), "--branch", "bob");

        ada.ok("push");
        bob.ok("-r", clone("b"), "push", "origin", "bob");
        ada.ok("pull");
        bob.ok("-r", clone("b"), "pull");

        for (TestUser user : new TestUser[] {ada, bob}) {
            String repository = user == ada ? ada.defaultRepository().toString() : clone("b");
            assertRestores(user, repository, "main", ada.home.resolve("data"));
            assertRestores(user, repository, "bob", bob.home.resolve("data"));
            assertThat(user.json("-r", repository, "key", "list").path("epochs"))
                    .hasSize(3);
        }
    }

    @Test
    void push_replaceByALesserDevice_isNotAllowed() {
        bobClones("write");
        TestUser.Ending refused = bob.run("-r", clone("b"), "push", "--replace");
        assertThat(refused.exitCode()).as("%s", refused).isEqualTo(15);
        assertThat(refused.err()).contains("admin");
        assertThat(bob.run("-r", clone("b"), "push", "--replace", "--resend").exitCode())
                .isEqualTo(2);
    }

    /** What is sealed under a key that nobody else can get must not be taken for safe. */
    @Test
    void push_rotatedByADeviceThatMayOnlyAppend_isNotAllowed() throws IOException {
        bobClones("append");
        bob.ok("-r", clone("b"), "key", "rotate");
        bob.write("data/text", "by bob");
        bob.ok("-r", clone("b"), "snapshot", bob.home.resolve("data").toString(), "--branch", "bob");
        TestUser.Ending refused = bob.run("-r", clone("b"), "push", "origin", "bob");
        assertThat(refused.exitCode()).as("%s", refused).isEqualTo(15);
        assertThat(refused.err()).contains("newest key");
    }

    @Test
    void remove_keyOfAReplica_itReadsNothingLater() {
        bobClones("write");
        String slot = ada.json("key", "list").path("slots").get(2).path("slot").asText();
        ada.ok("key", "remove", slot);
        ada.ok("key", "rotate");
        ada.write("data/text", "after");
        ada.ok("snapshot", ada.home.resolve("data").toString());
        ada.ok("push");
        TestUser.Ending pulled = bob.run("-r", clone("b"), "pull");
        assertThat(pulled.exitCode()).as("%s", pulled).isEqualTo(12);
        assertThat(pulled.err()).contains("was removed");
        bob.ok("-r", clone("b"), "verify", "--data");
    }

    @Test
    void revoke_replica_laterSnapshotsOfItAreRefused() throws IOException {
        String before = ada.json("roster", "list")
                .path("replicas")
                .get(0)
                .path("replica")
                .asText();
        bobClones("write");
        bob.write("data/text", "one");
        String data = bob.home.resolve("data").toString();
        bob.ok("-r", clone("b"), "snapshot", data, "--branch", "bob");
        bob.ok("-r", clone("b"), "push", "origin", "bob");
        ada.ok("pull");
        String lost = ada.json("roster", "list").path("replicas").findValuesAsText("replica").stream()
                .filter(replica -> !replica.equals(before))
                .findFirst()
                .orElseThrow();
        ada.ok("roster", "revoke", lost);
        // Bob does not know it yet, and goes on.
        bob.write("data/text", "two");
        bob.ok("-r", clone("b"), "snapshot", data, "--branch", "bob");
        TestUser.Ending pushed = bob.run("-r", clone("b"), "push", "origin", "bob");
        assertThat(pushed.exitCode()).as("%s", pushed).isZero();
        TestUser.Ending pulled = ada.run("pull");
        assertThat(pulled.exitCode()).as("%s", pulled).isEqualTo(13);
        assertThat(pulled.err()).contains("revoked");
        ada.ok("restore", "bob", "--target", folder.resolve("kept").toString());
        assertThat(folder.resolve("kept/text")).hasContent("one");
        // Once he hears of it he is told, and signs nothing more under that name.
        ada.ok("push", "origin", "main");
        bob.run("-r", clone("b"), "pull");
        TestUser.Ending refused = bob.run("-r", clone("b"), "snapshot", data, "--branch", "bob");
        assertThat(refused.exitCode()).as("%s", refused).isEqualTo(1);
        assertThat(refused.err()).contains("was revoked");
    }
}
