package dev.cairn.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cli.fixture.FileTree;
import dev.cairn.cli.fixture.LocalServer;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server's folder is put back to an old copy: whoever saw more of it hears an alarm. */
class RollbackTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser ada;

    @SuppressWarnings("NullAway.Init")
    private LocalServer server;

    @BeforeEach
    void twoPushesAndACopyOfTheServerBetween() throws Exception {
        server = new LocalServer(folder.resolve("server"));
        ada = new TestUser(folder.resolve("ada"));
        snapshot(ada, "one");
        ada.addRemote("origin", server.url("r"), server.enrolmentCode());
        ada.ok("push");
        server.stop();
        new FileTree(server.data()).copyTo(folder.resolve("old"));
        server.restart();
        snapshot(ada, "two");
        ada.ok("push");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void olderServer_everyWayToIt_exits18AndChangesNothing() throws Exception {
        String head = head(ada);
        putBack();

        assertAlarm("older state: branch 'main'", ada.run("push", "--json"));
        assertAlarm("older state", ada.run("pull", "--json"));
        assertThat(head(ada)).isEqualTo(head);
        // The replica is lost, what was seen is not.
        String clone = folder.resolve("clone").toString();
        new FileTree(ada.defaultRepository()).delete();
        assertAlarm("older state", ada.run("clone", server.url("r"), clone, "--json"));

        TestUser.Ending accepted = ada.run("clone", server.url("r"), clone, "--accept-rollback");
        assertThat(accepted.exitCode()).as("%s", accepted).isZero();
        assertThat(accepted.err()).contains("Accepted: the remote shows an older state");
        assertThat(ada.ok("-r", clone, "cat", "main:f").out()).isEqualTo("one");
        ada.ok("-r", clone, "pull");
    }

    @Test
    void olderServer_accepted_getsTheNewerSnapshotsAgain() throws Exception {
        putBack();
        ada.ok("push", "--accept-rollback");
        ada.ok("push");
        TestUser other = new TestUser(folder.resolve("other"));
        for (String file : new String[] {".config/cairn/device.key", ".config/cairn/keys"}) {
            new FileTree(ada.home.resolve(file)).copyTo(other.home.resolve(file));
        }
        String clone = folder.resolve("clone").toString();
        other.ok("clone", server.url("r"), clone);
        assertThat(other.ok("-r", clone, "cat", "main:f").out()).isEqualTo("two");
    }

    @Test
    void branchDeletedThere_byThisUserIsNoAlarm_byAnotherItIs() {
        ada.ok("branch", "create", "side", "main");
        ada.ok("branch", "create", "mine", "main");
        ada.ok("push");
        ada.ok("branch", "delete", "mine", "--remote", "origin");
        ada.ok("push");
        ada.ok("pull");
        // Another state folder is another user, who has not seen it.
        ada.with("XDG_STATE_HOME", folder.resolve("state").toString());
        ada.ok("branch", "delete", "side", "--remote", "origin");
        ada.with("XDG_STATE_HOME", ada.home.resolve(".local/state").toString());
        assertAlarm("no branch 'side' any more", ada.run("pull", "--json"));
        ada.ok("pull", "--accept-rollback");
        ada.ok("pull");
    }

    @Test
    void serverWithoutTheRepository_pushAndClone_exit18() throws Exception {
        server.stop();
        new FileTree(server.store("r")).delete();
        server.restart();
        assertAlarm("no repository any more", ada.run("push", "--json"));
        assertAlarm(
                "no repository any more",
                ada.run("clone", server.url("r"), folder.resolve("c").toString(), "--json"));
        ada.ok("push", "--accept-rollback");
        ada.ok("pull");
    }

    @Test
    void whatWasSeen_isTheUsersAlone_andItsLossOrDamageIsSaid() throws Exception {
        Path seen = only(ada.home.resolve(".local/state/cairn/seen"));
        assertThat(Files.getPosixFilePermissions(seen)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.readString(seen)).contains("\"sequence\" : 2").contains(head(ada));

        Files.writeString(seen, "{}");
        TestUser.Ending damaged = ada.run("pull", "--json");
        assertThat(damaged.exitCode()).isEqualTo(13);
        assertThat(damaged.error().path("message").asText()).contains(seen.toString());
        assertThat(damaged.error().path("hint").asText()).contains("remove it");
        Files.delete(seen);
        ada.ok("pull");
        assertThat(seen).exists();

        TestUser.Ending unkept =
                ada.with("XDG_STATE_HOME", ada.write("file", "x").toString()).run("pull");
        assertThat(unkept.exitCode()).isZero();
        assertThat(unkept.err()).contains("would not be noticed the next time");
    }

    private static void snapshot(TestUser user, String content) {
        user.write("data/f", content);
        user.ok("snapshot", user.home.resolve("data").toString());
    }

    private static String head(TestUser user) {
        return user.ok("snapshots", "--json")
                .jsonLines()
                .getLast()
                .path("snapshot")
                .asText();
    }

    private void putBack() throws Exception {
        server.stop();
        new FileTree(server.data()).delete();
        new FileTree(folder.resolve("old")).copyTo(server.data());
        server.restart();
    }

    private static void assertAlarm(String words, TestUser.Ending ending) {
        assertThat(ending.exitCode()).as("%s", ending).isEqualTo(18);
        assertThat(ending.error().path("code").asText()).isEqualTo("rollback");
        assertThat(ending.error().path("message").asText()).contains(words).contains("last seen, 20");
        assertThat(ending.error().path("hint").asText()).contains("--accept-rollback");
    }

    private static Path only(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
