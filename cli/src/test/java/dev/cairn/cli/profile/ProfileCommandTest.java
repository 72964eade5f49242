package dev.cairn.cli.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Profiles from the command line: what they set, what wins over them, and how their mistakes are told. */
class ProfileCommandTest {

    private static final String HOME = """
        [defaults]
        exclude = ["*.o"]
        lock-wait = "20s"

        [profile.home]
        repository = "~/repo"
        paths = ["~/data", "~/more"]
        branch = "docs"
        tags = ["auto", "nightly"]
        keep-last = 1

        [profile.home.restore]
        target = "~/out"
        delete = true

        [profile.home.remote.add]
        retry-for = "1s"
        """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    @BeforeEach
    void aUser() throws IOException {
        user = new TestUser(folder.resolve("home"));
        user.write("data/a", "a");
        user.write("data/a.o", "left out");
        user.write("more/b", "b");
        user.write(".config/cairn/config.toml", HOME);
    }

    private List<String> names(String place) {
        return user.ok("-P", "home", "ls", place, "-R", "--json").jsonLines().stream()
                .filter(entry -> entry.path("type").asText().equals("file"))
                .map(entry -> Path.of(entry.path("path").asText()).getFileName().toString())
                .toList();
    }

    @Test
    void profile_setsWhatTheCommandLineLeavesOut_forEveryCommand() {
        user.ok("-P", "home", "init");
        assertThat(user.home.resolve("repo")).isDirectory();
        JsonNode made = user.json("snapshot", "--profile=home");
        assertThat(made.path("branch").asText()).isEqualTo("docs");
        assertThat(names("docs")).containsExactly("a", "b");
        JsonNode listed = user.json("-P", "home", "snapshots").path(0);
        assertThat(listed.path("tags").toString()).isEqualTo("[\"auto\",\"nightly\"]");

        // A word that elsewhere is a command that tells of all others.
        for (String word : List.of("profile", "help", "manual", "snapshot")) {
            assertThat(user.json("snapshot", "--tag", word, "-P", "home")
                            .path("branch")
                            .asText())
                    .isEqualTo("docs");
        }
        user.ok("-P", "home", "forget");

        // A required option, and a flag, in the table of one command.
        user.write("out/stale", "goes");
        user.ok("-P", "home", "restore", "docs");
        assertThat(user.home.resolve("out/stale")).doesNotExist();

        // Rules for forget; and snapshots in place of them.
        user.ok("-P", "home", "snapshot");
        user.ok("-P", "home", "snapshot");
        assertThat(user.ok("-P", "home", "forget").out()).contains("Forgot 2 snapshots of 3");
        String head = listed.path("snapshot").asText();
        assertThat(user.run("-P", "home", "forget", head).err()).doesNotContain("cannot be given together");
    }

    @Test
    void commandLine_winsOverTheProfile_optionByOption() throws IOException {
        user.ok("-P", "home", "init");
        JsonNode made = user.json(
                "-P", "home", "snapshot", user.home.resolve("data").toString(), "--branch", "b", "--exclude", "x");
        assertThat(made.path("branch").asText()).isEqualTo("b");
        assertThat(names("b")).containsExactly("a", "a.o");

        Path other = folder.resolve("other");
        user.ok("init", "-r", other.toString());
        assertThat(user.ok(
                                "--json",
                                "-r",
                                other.toString(),
                                "-P",
                                "home",
                                "snapshot",
                                "--stdin-from-command",
                                "--",
                                "echo",
                                "x")
                        .json()
                        .path("files")
                        .asInt())
                .as("paths of the profile are no arguments of the command")
                .isEqualTo(1);
        assertThat(user.json("snapshots", "-P", "home", "-r", other.toString())).hasSize(1);
    }

    @Test
    void environment_winsOverTheProfile_andSaysSo() {
        user.ok("-P", "home", "init");
        user.write("config2.toml", """
            [profile.home]
            repository = "~/repo"
            password-file = "~/none"
            """);
        assertThat(user.run("--config", user.home + "/config2.toml", "-P", "home", "snapshots")
                        .exitCode())
                .as("the profile's key source is used, and none other")
                .isEqualTo(12);
        String keyFile =
                user.home.resolve(".config/cairn/keys").toFile().listFiles()[0].toString();
        user.with("CAIRN_KEY_FILE", keyFile).with("CAIRN_CONFIG", user.home + "/config2.toml");
        TestUser.Ending ending = user.ok("-P", "home", "snapshots");
        assertThat(ending.err()).contains("CAIRN_KEY_FILE is set, and wins over 'password-file'", "config2.toml:3");
        assertThat(user.run("-P", "home", "snapshots", "--password-file", "/none")
                        .exitCode())
                .isEqualTo(12);

        user.with("CAIRN_REPO", folder.resolve("nowhere").toString());
        TestUser.Ending elsewhere = user.run("-P", "home", "snapshots");
        assertThat(elsewhere.exitCode()).isEqualTo(10);
        assertThat(elsewhere.err()).contains("CAIRN_REPO is set, and wins over 'repository'", "nowhere");
    }

    @Test
    void profile_overDefaults_replacesThem_keySourcesAsOne() {
        String config = user.write("c.toml", """
            [defaults]
            key-file = "~/none"
            exclude = ["a"]
            paths = ["~/data"]
            [profile.p]
            repository = "~/repo"
            password-command = "echo secret"
            exclude = ["b"]
            """).toString();
        user.ok("--config", config, "-P", "p", "init");
        assertThat(user.json("--config", config, "-P", "p", "snapshot")
                        .path("files")
                        .asInt())
                .as("a and a.o, since its own list stands in place of the other")
                .isEqualTo(2);
    }

    @Test
    void mistakes_areToldWithFileLineAndTheNearestKey() {
        Map<String, String> mistakes = Map.ofEntries(
                Map.entry("[profile.p]\nexlude = ['x']", "c.toml:2: there is no key 'exlude' in [profile.p]|'exclude'"),
                Map.entry("[profil.p]\nexclude = ['x']", "c.toml:1: there is no key 'profil'|'profile'"),
                Map.entry("[profile.pp]\n", "there is no profile 'p' in |'pp'"),
                Map.entry("[profile.p]\nexclude-caches = 'yes'", "c.toml:2: 'exclude-caches' is to be true or false|"),
                Map.entry("[profile.p]\nexclude = [1]", "c.toml:2: 'exclude' is to be a list of texts|"),
                Map.entry("[profile.p]\nbranch = true", "c.toml:2: 'branch' is to be a text|"),
                Map.entry("[profile.p]\npaths = ['data']", "c.toml:2: 'paths' is to be a whole path|~/"),
                Map.entry("[profile.p]\nhooks-for = ['snapsot']", "c.toml:2: 'hooks-for' names no command|'snapshot'"),
                Map.entry("[profile.p]\nhook-time-limit = '0s'", "c.toml:2: not a time limit: '0s'|"),
                Map.entry("[profile.p]\nbefore = []", "c.toml:2: 'before' names no command|"),
                Map.entry(
                        "[profile.p]\nrepo = '/a'\nrepository = '/b'",
                        "c.toml:3: 'repo' and 'repository' are the same|"),
                Map.entry(
                        "[profile.p]\nkey-file = '/a'\npassword-file = '/b'",
                        "c.toml:1: [profile.p] has more than one|"),
                Map.entry("[default]\n[defaults]\n[profile.p]", "c.toml:1: [defaults] and [default] are the same|"),
                Map.entry(
                        "[profile.p.snapshots]\nbefor = 'x'",
                        "c.toml:2: 'cairn snapshots' has no option --befor|'before'"),
                Map.entry(
                        "[profile.q]\nexlude = ['x']\n[profile.p]",
                        "c.toml:2: there is no key 'exlude' in [profile.q]|"));
        mistakes.forEach((text, told) -> {
            String config = user.write("c.toml", text).toString();
            TestUser.Ending ending = user.run("--config", config, "-P", "p", "snapshots", "-r", user.home + "/repo");
            assertThat(ending.exitCode()).as("%s: %s", text, ending).isEqualTo(2);
            assertThat(ending.err()).contains(told.split("\\|", -1));
        });
        user.ok("init", "-r", user.home + "/repo");
        String config = user.write("c.toml", "[profile.p]\nlock-wait = '6x'").toString();
        assertThat(user.run("--config", config, "-P", "p", "snapshots", "-r", user.home + "/repo")
                        .err())
                .contains("c.toml:2: --lock-wait: not a duration: '6x'");
    }

    @Test
    void config_thatIsNotThere_orIsAnybodys_isRefused() throws IOException {
        assertThat(user.run("--config", "/none.toml", "-P", "home", "snapshots").err())
                .contains("no file /none.toml");
        Path config = user.home.resolve(".config/cairn/config.toml");
        Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-rw-rw-"));
        TestUser.Ending ending = user.run("-P", "home", "snapshots");
        assertThat(ending.exitCode()).isEqualTo(2);
        assertThat(ending.err()).contains("may be written by every user");
    }

    /** As root in another user's home: what that user wrote there is not run as root. */
    @Test
    void config_ofAnotherUser_isRefused() throws IOException {
        Path config = user.home.resolve(".config/cairn/config.toml");
        assumeTrue(Files.getAttribute(config, "unix:uid").equals(0), "skipped: only root gives files away");
        Files.setAttribute(config, "unix:uid", 12_345);
        TestUser.Ending ending = user.run("-P", "home", "snapshots");
        assertThat(ending.exitCode()).isEqualTo(2);
        assertThat(ending.err()).contains("belongs to another user");
    }

    @Test
    void show_tellsWhatHolds_andNoSecret() {
        user.write(".config/cairn/config.toml", HOME + """
            [profile.secret]
            password-command = "echo hunter2"
            before = ["curl", "-H", "hunter2"]
            push = ["origin"]
            [profile.secret.clone]
            enrol = "hunter2"
            """);
        assertThat(user.json("profile", "list").path("profiles").toString()).isEqualTo("[\"home\",\"secret\"]");
        TestUser.Ending text = user.ok("profile", "show");
        assertThat(text.out()).contains("[profile.home]", "*.o", "~/data, ~/more", "restore: target", "push", "origin");
        TestUser.Ending json = user.ok("profile", "show", "home", "--json");
        assertThat(json.json().path("settings").findValuesAsText("key"))
                .contains("exclude", "lock-wait", "repository", "paths", "target", "retry-for");
        for (TestUser.Ending ending :
                List.of(text, json, user.ok("profile", "show", "--json"), user.ok("-P", "secret", "profile", "show"))) {
            assertThat(ending.out() + ending.err()).doesNotContain("hunter2");
        }
    }

    @Test
    void show_ofATableWithAnUnknownOption_isAnError() {
        user.write(".config/cairn/config.toml", "[profile.p.remote.add]\nenroll = 'x'");
        TestUser.Ending ending = user.run("profile", "show", "p");
        assertThat(ending.exitCode()).isEqualTo(2);
        assertThat(ending.err()).contains("config.toml:2: 'cairn remote add' has no option --enroll", "'enrol'");
        user.write(".config/cairn/config.toml", "[profile.p.remote.ad]\nenrol = 'x'");
        assertThat(user.run("profile", "show", "p").err()).contains("there is no command 'cairn remote ad'");
    }
}
