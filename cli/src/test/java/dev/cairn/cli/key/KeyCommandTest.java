package dev.cairn.cli.key;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Key slots and epochs from the command line, on one replica. */
class KeyCommandTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser ada;

    @SuppressWarnings("NullAway.Init")
    private JsonNode made;

    @BeforeEach
    void aRepository() throws IOException {
        ada = new TestUser(folder.resolve("home"));
        made = ada.json("init");
    }

    private List<JsonNode> slots() {
        List<JsonNode> slots = new ArrayList<>();
        ada.json("key", "list").path("slots").forEach(slots::add);
        return slots;
    }

    private static void assertEnds(int code, String words, TestUser.Ending ending) {
        assertThat(ending.exitCode()).as("%s", ending).isEqualTo(code);
        assertThat(ending.err()).contains(words).doesNotContain("Exception");
    }

    @Test
    void list_newRepository_showsBothSlotsAndTheEpoch() {
        JsonNode list = ada.json("key", "list");
        assertThat(list.path("repository")).isEqualTo(made.path("repository"));
        assertThat(list.path("epoch").asInt()).isEqualTo(1);
        assertThat(slots().stream().map(slot -> slot.path("kind").asText()))
                .containsExactly("key-file", "recovery-code");
        assertThat(slots().getFirst().path("inUse").asBoolean()).isTrue();
        assertThat(slots().getFirst().path("created").asText()).startsWith("20");
        assertThat(slots().getFirst().path("kdf").isNull()).isTrue();
        assertThat(ada.ok("key", "list").out()).contains("key-file", "(in use)", "epoch 1");
    }

    @Test
    void add_everyKind_opensTheRepository() throws IOException {
        Path other = folder.resolve("other.key");
        ada.ok("key", "add", "--new-key-file", other.toString(), "--label", "usb stick");
        Path password = ada.write("password", "correct horse\n");
        JsonNode added = ada.json("key", "add", "--new-password-file", password.toString());
        assertThat(added.path("kind").asText()).isEqualTo("password");
        assertThat(added.path("kdf").path("algorithm").asText()).isEqualTo("argon2id");
        assertThat(added.path("kdf").path("memoryKib").asInt()).isEqualTo(64 << 10);
        Path own = folder.resolve("own.key");
        JsonNode generated = ada.json("key", "generate", own.toString());
        ada.ok("key", "add", "--recipient", generated.path("publicKey").asText(), "--label", "bob");

        assertThat(slots().stream().map(slot -> slot.path("label").asText()))
                .containsExactly("", "", "usb stick", "", "bob");
        assertThat(Files.getPosixFilePermissions(other)).hasToString("[OWNER_READ, OWNER_WRITE]");
        assertThat(Files.getPosixFilePermissions(own)).hasToString("[OWNER_READ, OWNER_WRITE]");
        String[][] sources = {
            {"--key-file", other.toString()},
            {"--key-file", own.toString()},
            {"--password-file", password.toString()},
            {"--password-command", "echo correct horse"}
        };
        for (String[] source : sources) {
            JsonNode list = ada.json("key", "list", source[0], source[1]);
            assertThat(list.path("slots").findValuesAsText("inUse")).containsOnlyOnce("true");
        }
    }

    @Test
    void add_sourceThatIsEmptyOrWrong_changesNothing() {
        Path empty = ada.write("empty", "\n");
        assertEnds(12, "is empty", ada.run("key", "add", "--new-password-file", empty.toString()));
        assertEnds(12, "printed nothing", ada.run("key", "add", "--new-password-command", "true"));
        assertEnds(12, "failed with status 3", ada.run("key", "add", "--new-password-command", "exit 3"));
        assertEnds(12, "no terminal", ada.run("key", "add", "--new-password"));
        assertEnds(2, "64 hex digits", ada.run("key", "add", "--recipient", "x25519:12"));
        assertEnds(2, "small order", ada.run("key", "add", "--recipient", "00".repeat(32)));
        assertThat(ada.run("key", "add").exitCode()).isEqualTo(2);
        assertThat(ada.run("key", "add", "--new-password", "--recipient", "x").exitCode())
                .isEqualTo(2);
        assertEnds(1, "a file at", ada.run("key", "add", "--new-key-file", empty.toString()));
        // What opens it was given and is not right: the key file in its usual place is not tried.
        assertEnds(
                12,
                "cairn",
                ada.run("key", "add", "--recipient", "09" + "00".repeat(31), "--password-command", "echo x"));
        assertThat(slots()).hasSize(2);
    }

    @Test
    void remove_slot_opensNoMore() {
        Path other = folder.resolve("other.key");
        String slot = ada.json("key", "add", "--new-key-file", other.toString())
                .path("slot")
                .asText();
        assertEnds(1, "no key slot", ada.run("key", "remove", "ffff0000"));
        assertEnds(1, "no key slot", ada.run("key", "remove", ""));
        JsonNode removed = ada.json("key", "remove", slot.substring(0, 6));
        assertThat(removed.path("slot").asText()).isEqualTo(slot);
        assertEnds(12, "wrong key file", ada.run("--key-file", other.toString(), "snapshots"));
    }

    @Test
    void remove_slotInUseOrLast_takesAWish() {
        String own = slots().getFirst().path("slot").asText();
        String recovery = slots().getLast().path("slot").asText();
        assertEnds(1, "--even-in-use", ada.run("key", "remove", own));
        ada.ok("key", "remove", recovery);
        assertEnds(1, "the last", ada.run("key", "remove", own, "--even-in-use"));
        Path other = folder.resolve("other.key");
        ada.ok("key", "add", "--new-key-file", other.toString());
        ada.ok("key", "remove", own, "--even-in-use");
        assertEnds(12, "wrong key file", ada.run("snapshots"));
        ada.ok("--key-file", other.toString(), "snapshots");
    }

    @Test
    void recovery_newCode_replacesTheOld() {
        Path old = ada.write("old-code", made.path("recoveryCode").asText());
        ada.ok("--recovery-code-file", old.toString(), "snapshots");
        JsonNode renewed = ada.json("key", "recovery");
        Path fresh = ada.write("new-code", renewed.path("recoveryCode").asText());
        assertEnds(12, "wrong recovery code", ada.run("--recovery-code-file", old.toString(), "snapshots"));
        ada.ok("--recovery-code-file", fresh.toString(), "snapshots");
        TestUser.Ending quiet = ada.ok("key", "recovery", "--keep", "-q");
        assertThat(quiet.err()).contains("Recovery code, shown once");
        ada.ok("--recovery-code-file", fresh.toString(), "snapshots");
        assertThat(slots()).hasSize(3);
        assertEnds(12, "no terminal", ada.run("--recovery-code-file", "-", "snapshots"));
    }

    @Test
    void rotate_resealAndFinish_restoresTheSame() throws IOException {
        ada.write("data/small", "small");
        ada.write("data/text", "a line of text, and another one\n".repeat(9_000));
        String data = ada.home.resolve("data").toString();
        ada.ok("snapshot", data);
        ada.write("data/text", "a line of text, and another one\n".repeat(9_000) + "changed");
        ada.ok("snapshot", data);
        JsonNode before = ada.json("key", "list").path("epochs").get(0);

        JsonNode plan = ada.json("key", "rotate", "--reseal", "-n");
        assertThat(plan.path("begun").asBoolean()).isTrue();
        assertThat(plan.path("left").get(0).path("records")).isEqualTo(before.path("records"));
        assertThat(ada.json("key", "list").path("epoch").asInt()).isEqualTo(1);

        JsonNode rotated = ada.json("key", "rotate");
        assertThat(rotated.path("recordsResealed").asInt()).isZero();
        assertEnds(1, "--reseal", ada.run("key", "rotate", "--finish"));
        JsonNode resealed = ada.json("key", "rotate", "--reseal");
        assertThat(resealed.path("begun").asBoolean())
                .as("it goes on under the epoch that there is")
                .isFalse();
        assertThat(resealed.path("epoch")).isEqualTo(rotated.path("epoch"));
        assertThat(resealed.path("recordsResealed")).isEqualTo(before.path("records"));
        assertThat(resealed.path("bytesResealed")).isEqualTo(before.path("bytes"));
        assertThat(resealed.path("left")).isEmpty();

        JsonNode finished = ada.json("key", "rotate", "--finish");
        assertThat(finished.path("destroyed").get(0).asInt()).isEqualTo(1);
        assertThat(ada.json("key", "list").path("epochs")).hasSize(1);
        ada.ok("verify", "--data");
        Path target = folder.resolve("target");
        ada.ok("restore", "main", "--target", target.toString(), "--verify");
        assertThat(target.resolve("text")).hasSameBinaryContentAs(ada.home.resolve("data/text"));
        Path first = folder.resolve("first");
        ada.ok("restore", "main~1", "--target", first.toString());
        assertThat(first.resolve("text")).hasContent("a line of text, and another one\n".repeat(9_000));
        // An index made anew from the volumes, where the old bytes still are, reads the new ones.
        ada.ok("repair");
        ada.ok("verify", "--data");
        assertThat(ada.json("key", "list").path("epochs")).hasSize(1);
    }

    @Test
    void roster_revokedReplica_isListedAndSignsNoMore() {
        ada.write("data/file", "text");
        String data = ada.home.resolve("data").toString();
        ada.ok("snapshot", data);
        String replica = ada.json("roster", "list")
                .path("replicas")
                .get(0)
                .path("replica")
                .asText();
        assertEnds(1, "--even-own", ada.run("roster", "revoke", replica.substring(0, 8)));
        JsonNode revoked = ada.json("roster", "revoke", replica.substring(0, 8), "--even-own");
        assertThat(revoked.path("snapshotsAccepted").asInt()).isEqualTo(1);
        JsonNode member = ada.json("roster", "list").path("replicas").get(0);
        assertThat(member.path("revoked").isNull()).isFalse();
        assertThat(member.path("snapshots").asInt()).isEqualTo(1);
        ada.ok("verify", "--data");
        assertEnds(1, "was revoked", ada.run("snapshot", data));
        assertEnds(1, "no replica", ada.run("roster", "revoke", "zz"));
    }

    /** On a terminal, too, it was the file that nobody named that was tried, and no word said so. */
    @Test
    void keyFileInItsPlace_whoseSlotWasRemoved_isNamed() {
        String password = ada.write("password", "correct horse\n").toString();
        ada.ok("key", "add", "--new-password-file", password);
        String slot = slots().getFirst().path("slot").asText();
        ada.ok("key", "remove", slot, "--password-file", password);
        String file = ada.home
                .resolve(".config/cairn/keys")
                .resolve(made.path("repository").asText() + ".key")
                .toString();
        assertEnds(12, file, ada.run("snapshots"));
        assertEnds(12, file, ada.run("snapshots", "--json"));
        assertThat(ada.run("snapshots", "--key-file", file).err()).doesNotContain("in its usual place");
        ada.ok("snapshots", "--password-file", password);
    }
}
