package dev.cairn.cli.profile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.cli.fixture.ChildProcess;
import dev.cairn.cli.fixture.LocalServer;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a profile does before and after a command, and when it fails. */
@Execution(ExecutionMode.CONCURRENT)
class HooksTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    @BeforeEach
    void aUser() throws IOException {
        user = new TestUser(folder.resolve("home")).with("PATH", System.getenv("PATH"));
        user.write("data/a", "a");
        user.ok("init", "-r", user.home + "/repo");
    }

    private void profile(String... lines) {
        user.write(".config/cairn/config.toml", """
            [profile.p]
            repository = "~/repo"
            paths = ["~/data"]
            """ + String.join("\n", lines));
    }

    private static String say(String hook) {
        return hook + " = 'echo " + hook + " $CAIRN_PROFILE $CAIRN_COMMAND ${CAIRN_SNAPSHOT:-none} $CAIRN_EXIT_CODE"
                + " \"$CAIRN_ERROR\" $CAIRN_REPOSITORY'";
    }

    private long snapshots() {
        return user.json("snapshots", "-r", user.home + "/repo").size();
    }

    @Test
    void hooks_ofASnapshot_runInOrder_withTheirEnvironment_onStandardError() {
        profile(
                say("before"),
                "after = [['echo', 'first'], ['sh', '-c', 'echo after $CAIRN_SNAPSHOT $CAIRN_HOOK']]",
                say("on-failure"));
        TestUser.Ending ending = user.ok("-P", "p", "snapshot", "--json");
        String snapshot = ending.json().path("snapshot").asText();
        String repository = user.home + "/repo";
        assertThat(ending.err())
                .containsSubsequence("before p snapshot none 0  " + repository, "first", "after " + snapshot + " after")
                .doesNotContain("on-failure");
        assertThat(user.ok("-P", "p", "ls", "main").err())
                .as("only around what hooks-for names")
                .isEmpty();
        assertThat(user.ok("-P", "p", "snapshot", "-n").err())
                .doesNotContain("before p")
                .contains("dry run");
    }

    @Test
    void before_fails_stopsTheCommand_andRunsOnFailure() {
        profile("before = 'echo no; exit 3'", say("after"), say("on-failure"));
        TestUser.Ending ending = user.run("-P", "p", "snapshot");
        assertThat(ending.exitCode()).isEqualTo(1);
        assertThat(ending.err())
                .contains(
                        "no\n", "the hook 'before' of profile 'p' failed with exit status 3. The command was not run.")
                .contains("config.toml:4", "on-failure p snapshot none 1 the hook 'before'")
                .doesNotContain("after p");
        assertThat(snapshots()).isZero();
        profile("before = ['/no/such/program']");
        assertThat(user.run("-P", "p", "snapshot").err()).contains("the hook 'before' of profile 'p' cannot be run");
    }

    @Test
    void after_fails_exits1_andTheSnapshotIsKept_andSaidSo() {
        profile("after = ['false']", say("on-failure"));
        TestUser.Ending ending = user.run("-P", "p", "snapshot", "--json");
        assertThat(ending.exitCode()).isEqualTo(1);
        String snapshot = ending.json().path("snapshot").asText();
        assertThat(ending.err())
                .contains("the hook 'after' of profile 'p' failed with exit status 1.")
                .contains("Snapshot " + snapshot.substring(0, 12) + " on main is kept.")
                .contains("on-failure p snapshot " + snapshot + " 1");
        assertThat(snapshots()).isOne();
    }

    @Test
    void command_fails_runsOnFailureWithItsCodeAndError_andKeepsTheCode() {
        profile(
                say("after"),
                "on-failure = 'echo on-failure $CAIRN_EXIT_CODE $CAIRN_ERROR; exit 9'",
                "hooks-for = ['forget']");
        TestUser.Ending ending = user.run("-P", "p", "forget", "nothing");
        assertThat(ending.exitCode()).isEqualTo(1);
        assertThat(ending.err())
                .contains("on-failure 1 no snapshot or branch 'nothing'", "failed with exit status 9, too")
                .doesNotContain("after p");
    }

    @Test
    void hook_thatTakesTooLong_isEndedWithWhatItStarted() throws Exception {
        profile("before = 'sleep 300 & echo $! > ~/pid; wait'", "hook-time-limit = '1s'");
        TestUser.Ending ending = user.run("-P", "p", "snapshot");
        assertThat(ending.exitCode()).isEqualTo(1);
        assertThat(ending.err()).contains("took longer than 1 s, and was ended");
        long pid = Long.parseLong(Files.readString(user.home.resolve("pid")).strip());
        ProcessHandle left = ProcessHandle.of(pid).orElse(null);
        if (left != null) {
            left.onExit().get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void hook_thatLeavesSomethingRunning_holdsNothingUp() throws IOException {
        profile("before = 'sleep 300 & echo $! > ~/pid'");
        assertThat(user.run("-P", "p", "snapshot").exitCode()).isZero();
        long pid = Long.parseLong(Files.readString(user.home.resolve("pid")).strip());
        ProcessHandle left = ProcessHandle.of(pid).orElseThrow();
        assertThat(left.isAlive()).isTrue();
        left.destroyForcibly();
    }

    @Test
    void cairn_runByAHook_runsNone() {
        profile(say("before"));
        user.with(HookRun.WITHIN, "before");
        assertThat(user.ok("-P", "p", "snapshot").err()).doesNotContain("before p");
    }

    @Test
    void push_behindASnapshot_isOneDocument_andAFailedOneKeepsTheSnapshot() throws IOException {
        try (LocalServer server = new LocalServer(folder.resolve("server"))) {
            user.addRemote("origin", server.url("r"), server.enrolmentCode(), "-r", user.home + "/repo");
            profile("push = ['none', 'origin']", say("after"), say("on-failure"), "retry-for = '0s'");
            TestUser.Ending ending = user.run("-P", "p", "--json", "snapshot");
            assertThat(ending.exitCode()).as("%s", ending).isEqualTo(1);
            JsonNode pushes = ending.json().path("pushes");
            assertThat(pushes.path(0).path("remote").asText()).isEqualTo("none");
            assertThat(pushes.path(0).path("exitCode").asInt()).isEqualTo(1);
            assertThat(pushes.path(1).path("exitCode").asInt()).isZero();
            assertThat(pushes.path(1).path("branches").path(0).path("moved").asBoolean())
                    .isTrue();
            String snapshot = ending.json().path("snapshot").asText();
            assertThat(ending.err())
                    .contains("Not pushed to 'none'; snapshot " + snapshot.substring(0, 12) + " on main is kept.")
                    .contains("on-failure p snapshot " + snapshot + " 1 no remote 'none'")
                    .doesNotContain("after p");
            server.stop();
            profile("push-to = ['origin']", "retry-for = '1h'", "[profile.p.push]", "retry-for = '0s'");
            TestUser.Ending unreachable = user.run("-P", "p", "snapshot", "-q");
            assertThat(unreachable.exitCode()).as("%s", unreachable).isEqualTo(14);
            assertThat(snapshots()).isEqualTo(2);
        }
    }

    @Test
    void command_withoutAProfile_loadsNothingOfProfiles() throws Exception {
        profile();
        Path loaded = folder.resolve("loaded");
        ProcessBuilder builder =
                ChildProcess.prepare(Map.copyOf(user.environment()), "snapshots", "-r", user.home + "/repo");
        builder.environment().put("JAVA_TOOL_OPTIONS", "-Xlog:class+load:file=" + loaded);
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        assertThat(process.waitFor()).isZero();
        assertThat(Files.readString(loaded))
                .contains("dev.cairn.cli.look.SnapshotsCommand")
                .doesNotContain(
                        "org.tomlj", "org.antlr", "dev.cairn.cli.configuration.ConfigurationFile", "profile.Profiles");
    }
}
