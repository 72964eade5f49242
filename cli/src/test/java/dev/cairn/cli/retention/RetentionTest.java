package dev.cairn.cli.retention;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.cli.fixture.LocalServer;
import dev.cairn.cli.fixture.ServerProcess;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code forget}, {@code pin}, {@code tag} and {@code branch}, here and through a server. */
@Order(10)
class RetentionTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser ada;

    private final List<String> made = new ArrayList<>();

    @BeforeEach
    void fourSnapshots() throws IOException {
        ada = new TestUser(folder.resolve("ada"));
        for (int i = 0; i < 4; i++) {
            made.add(snapshot("main"));
        }
    }

    private String snapshot(String branch) {
        ada.write("../data/file", "content " + made.size() + branch);
        return ada.json("snapshot", folder.resolve("data").toString(), "--branch", branch, "--tag", "made-so")
                .path("snapshot")
                .asText();
    }

    private static List<String> ids(JsonNode array, String field) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(one -> field.isEmpty() ? one.asText() : one.path(field).asText())
                .toList();
    }

    private List<String> listed(String... options) {
        String[] all = new String[options.length + 1];
        all[0] = "snapshots";
        System.arraycopy(options, 0, all, 1, options.length);
        return ids(ada.json(all), "snapshot");
    }

    @Test
    void forget_byRules_keepsWhatTheySayAndSaysWhy() {
        ada.ok("pin", made.get(0));
        ada.ok("tag", "add", made.get(1), "release");
        JsonNode plan = ada.json("forget", "--keep-last", "1", "--keep-tag", "release", "-n");
        assertThat(ids(plan.path("removed"), "")).containsExactly(made.get(2));
        assertThat(plan.path("bytesFreed").asLong()).isZero();
        assertThat(plan.path("dryRun").asBoolean()).isTrue();
        JsonNode group = plan.path("groups").get(0);
        assertThat(group.path("branch").asText()).isEqualTo("main");
        assertThat(ids(group.path("snapshots"), "snapshot"))
                .containsExactly(made.get(3), made.get(2), made.get(1), made.get(0));
        assertThat(ids(group.path("snapshots").get(0).path("reasons"), "")).containsExactly("head of main", "last");
        assertThat(group.path("snapshots").get(1).path("kept").asBoolean()).isFalse();
        assertThat(ids(group.path("snapshots").get(2).path("reasons"), "")).containsExactly("tag release");
        assertThat(ids(group.path("snapshots").get(3).path("reasons"), "")).containsExactly("pinned");
        assertThat(ada.ok("forget", "--keep-last", "1", "-n").out())
                .contains("branch 'main'", "head of main, last", "forget", "Would forget 2 snapshots of 4.");
        assertThat(listed()).as("nothing was done").containsExactlyElementsOf(made);

        TestUser.Ending done = ada.ok("forget", "--keep-last", "1", "--keep-tag", "release");
        assertThat(done.out()).contains("Forgot 1 snapshot of 4.");
        assertThat(done.err()).contains("cairn gc");
        assertThat(listed()).containsExactly(made.get(0), made.get(1), made.get(3));
        assertThat(ids(
                        ada.json("forget", "--keep-last", "1", "--keep-tag", "release")
                                .path("removed"),
                        ""))
                .isEmpty();
        ada.ok("verify", "--data");
    }

    @Test
    void forget_byName_refusesHeadsAndPins() {
        ada.ok("pin", made.get(0));
        TestUser.Ending pinned = ada.run("forget", made.get(1), made.get(0), "--json");
        assertThat(pinned.exitCode()).isEqualTo(1);
        assertThat(pinned.error().path("message").asText()).contains("pinned");
        assertThat(pinned.error().path("hint").asText()).contains("--remove");
        TestUser.Ending head = ada.run("forget", "main", "--json");
        assertThat(head.exitCode()).isEqualTo(1);
        assertThat(head.error().path("message").asText()).contains("'main' points at it");
        assertThat(listed()).as("all or nothing").containsExactlyElementsOf(made);

        ada.ok("pin", made.get(0), "--remove");
        assertThat(ids(
                        ada.json("forget", made.get(1), made.get(0).substring(0, 8))
                                .path("removed"),
                        ""))
                .containsExactly(made.get(1), made.get(0));
        assertThat(listed()).containsExactly(made.get(2), made.get(3));
        assertThat(ada.run("forget", made.get(0)).exitCode()).isEqualTo(1);
    }

    @Test
    void forget_rulesThatKeepNothingOrAreNone_areRefused() {
        for (String[] arguments : List.of(
                new String[] {"forget"},
                new String[] {"forget", "--keep-tag", "nothing-has-this"},
                new String[] {"forget", "--keep-last", "0"},
                new String[] {"forget", "--keep-last", "many"},
                new String[] {"forget", "--keep-within", "5m"},
                new String[] {"forget", "--keep-last", "1", made.get(0)},
                new String[] {"forget", "--branch", "main"},
                new String[] {"forget", made.get(0), "--branch", "main"})) {
            assertThat(ada.run(arguments).exitCode())
                    .as(String.join(" ", arguments))
                    .isEqualTo(2);
        }
        assertThat(ada.run("forget", "--keep-last", "1", "--branch", "none").exitCode())
                .isEqualTo(1);
        assertThat(listed()).containsExactlyElementsOf(made);
    }

    @Test
    void forget_branchesThatShareSnapshots_keepWhatAnyKeeps() {
        ada.ok("branch", "create", "old", made.get(1));
        String next = snapshot("old");
        assertThat(ids(ada.json("forget", "--keep-last", "2", "-n").path("removed"), ""))
                .containsExactly(made.get(0));
        assertThat(ids(
                        ada.json("forget", "--keep-last", "1", "--branch", "main", "-n")
                                .path("removed"),
                        ""))
                .as("the others are in old, too")
                .containsExactly(made.get(2));
        ada.ok("branch", "delete", "old");
        assertThat(listed()).as("they stay until they are forgotten").contains(next);
        JsonNode plan = ada.json("forget", "--keep-last", "1");
        assertThat(ids(plan.path("groups"), "branch")).containsExactly("null", "main");
        assertThat(listed()).containsExactly(made.get(3), next);
    }

    @Test
    void generations_afterForgetting_countWhatIsRetained() {
        assertThat(ada.ok("cat", "main~2:file").out()).isEqualTo("content 1main");
        ada.ok("forget", made.get(1), made.get(2));
        assertThat(ada.ok("cat", "main~1:file").out()).isEqualTo("content 0main");
        assertThat(ada.run("cat", "main~2:file").err()).contains("it has 1 steps");
        assertThat(listed("--branch", "main")).containsExactly(made.get(0), made.get(3));
        ada.ok("repair");
        assertThat(listed("--branch", "main")).containsExactly(made.get(0), made.get(3));
        assertThat(ada.ok("cat", "main~1:file").out()).isEqualTo("content 0main");
        ada.ok("verify", "--data");
    }

    @Test
    void tags_addedAndRemoved_areShownAndFilteredBy() {
        assertThat(listed("--tag", "made-so")).hasSize(4);
        JsonNode tagged = ada.json("tag", "add", "main", "release", "größer");
        assertThat(ids(tagged.path("tags"), "")).containsExactly("größer", "made-so", "release");
        assertThat(listed("--tag", "release")).containsExactly(made.get(3));
        assertThat(ids(
                        ada.json("tag", "remove", made.get(3), "made-so", "release")
                                .path("tags"),
                        ""))
                .containsExactly("größer");
        assertThat(listed("--tag", "made-so")).containsExactlyElementsOf(made.subList(0, 3));
        ada.ok("pin", "main");
        assertThat(ada.ok("snapshots").out()).contains("[größer]  pinned");
        assertThat(ada.json("snapshots").get(3).path("pinned").asBoolean()).isTrue();
        assertThat(ada.run("tag", "add", "main", "").exitCode()).isEqualTo(2);
        assertThat(ada.run("tag", "add", "nothing", "t").exitCode()).isEqualTo(1);
    }

    @Test
    void branch_createRenameDelete_moveNames() {
        ada.ok("branch", "create", "kept", "main~1");
        assertThat(ada.run("branch", "create", "kept", "main").exitCode()).isEqualTo(4);
        assertThat(ada.run("branch", "create", "-bad", "main").exitCode()).isEqualTo(2);
        ada.ok("branch", "rename", "kept", "better/name");
        assertThat(ada.run("branch", "rename", "main", "better/name").exitCode())
                .isEqualTo(4);
        assertThat(ids(ada.json("branch", "list"), "branch")).containsExactly("better/name", "main");
        assertThat(ids(ada.json("branch", "list"), "snapshot")).containsExactly(made.get(2), made.get(3));
        ada.ok("branch", "delete", "better/name");
        assertThat(ada.run("branch", "delete", "better/name").exitCode()).isEqualTo(1);
        ada.ok("repair");
        assertThat(ids(ada.json("branch", "list"), "branch")).containsExactly("main");
        assertThat(listed()).containsExactlyElementsOf(made);
    }

    @Test
    void forgetting_onOneSide_reachesTheOthersAndIsNeverUndone() throws Exception {
        try (ServerProcess server = new ServerProcess(folder)) {
            ada.addRemote("origin", server.url("r"), server.enrolmentCode());
            ada.ok("push");
            String copy = folder.resolve("copy").toString();
            ada.ok("clone", server.url("r"), copy);
            ada.ok("forget", made.get(1));
            ada.ok("tag", "add", made.get(0), "unmistakable-tag");
            // A push from the side that has it still does not bring it back here, nor there once it knows.
            ada.ok("-r", copy, "push");
            assertThat(listed()).doesNotContain(made.get(1));
            JsonNode pushed = ada.json("push");
            assertThat(pushed.path("notesSent").asInt()).isEqualTo(2);
            assertThat(pushed.path("recordsSent").asInt()).isZero();
            assertThat(ada.json("-r", copy, "pull").path("notesReceived").asInt())
                    .isEqualTo(2);
            assertThat(listed("-r", copy)).containsExactly(made.get(0), made.get(2), made.get(3));
            assertThat(listed("-r", copy, "--tag", "unmistakable-tag")).containsExactly(made.get(0));

            ada.ok("-r", copy, "forget", made.get(2));
            ada.ok("-r", copy, "push");
            made.add(snapshot("main"));
            // As remembered: this push asks nothing, and so learns nothing. The server keeps what it was told all the
            // same.
            ada.ok("push");
            ada.ok("pull");
            assertThat(listed()).containsExactly(made.get(0), made.get(3), made.get(4));
            String fresh = folder.resolve("fresh").toString();
            ada.ok("clone", server.url("r"), fresh);
            assertThat(listed("-r", fresh)).containsExactly(made.get(0), made.get(3), made.get(4));
            ada.ok("-r", fresh, "verify", "--data");
            assertThat(ada.ok("-r", fresh, "cat", "main~2:file").out()).isEqualTo("content 0main");

            ada.ok("branch", "create", "gone", made.get(0));
            ada.ok("push");
            ada.ok("branch", "delete", "gone", "--remote", "origin");
            ada.ok("pull");
            assertThat(ids(ada.json("branch", "list"), "branch")).containsExactly("main");
            assertThat(server.stop()).isZero();
            assertThat(Files.readString(server.log()))
                    .doesNotContain("Exception")
                    .doesNotContain("WARN");
            for (Path file : files(server.data())) {
                assertThat(new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1))
                        .as("%s", file)
                        .doesNotContain("unmistakable-tag");
            }
        }
    }

    private static List<Path> files(Path root) throws IOException {
        try (var walk = Files.walk(root)) {
            return walk.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void forget_byADeviceThatMayOnlyAdd_changesNothingOnTheServer() throws Exception {
        try (LocalServer server = new LocalServer(folder.resolve("server"))) {
            ada.addRemote("origin", server.url("r"), server.enrolmentCode());
            ada.ok("push");
            TestUser bob = new TestUser(folder.resolve("bob"));
            String code = ada.json("device", "enrol", "--data", server.data().toString(), "--role", "append")
                    .path("code")
                    .asText();
            Path key = folder.resolve("key");
            try (var keys = Files.list(ada.home.resolve(".config/cairn/keys"))) {
                Files.copy(keys.findFirst().orElseThrow(), key);
            }
            String copy = folder.resolve("copy").toString();
            bob.ok("clone", server.url("r"), copy, "--enrol", code, "--key-file", key.toString());
            bob.ok("-r", copy, "forget", "--keep-last", "1");
            TestUser.Ending pushed = bob.ok("-r", copy, "push");
            assertThat(pushed.err()).contains("3 notes", "may only add");
            bob.ok("-r", copy, "pull");
            assertThat(bob.json("-r", copy, "snapshots")).hasSize(1);
            ada.ok("pull");
            assertThat(listed()).as("and nobody else forgets").containsExactlyElementsOf(made);
        }
    }
}
