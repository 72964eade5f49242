package dev.cairn.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.cli.fixture.FolderBytes;
import dev.cairn.cli.fixture.LocalServer;
import dev.cairn.cli.fixture.TestUser;
import dev.cairn.cli.fixture.VolumeDamage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code cairn doctor}: what it finds, and what it ends with. */
class DoctorCommandTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    @BeforeEach
    void aUser() throws IOException {
        user = new TestUser(folder.resolve("home"));
        byte[] noise = new byte[1 << 20];
        new Random(9).nextBytes(noise);
        Files.write(Files.createDirectories(user.home.resolve("data")).resolve("noise"), noise);
    }

    private void snapshot() {
        user.ok("snapshot", user.home.resolve("data").toString());
    }

    private static List<String> levels(JsonNode report, String check) {
        return StreamSupport.stream(report.path("checks").spliterator(), false)
                .filter(one -> one.path("check").asText().equals(check))
                .map(one -> one.path("level").asText())
                .toList();
    }

    private static String hint(JsonNode report, String check) {
        return StreamSupport.stream(report.path("checks").spliterator(), false)
                .filter(one -> one.path("check").asText().equals(check)
                        && !one.path("level").asText().equals("ok"))
                .map(one -> one.path("hint").asText())
                .findFirst()
                .orElse("");
    }

    private static List<String> messages(JsonNode report, String level) {
        return StreamSupport.stream(report.path("checks").spliterator(), false)
                .filter(one -> one.path("level").asText().equals(level))
                .map(one -> one.path("message").asText())
                .toList();
    }

    @Test
    void profiles_whatTheyNameIsLookedFor() {
        snapshot();
        user.write(".config/cairn/config.toml", """
            [profile.good]
            paths = ["~/data"]

            [profile.bad]
            paths = ["~/nowhere"]
            exclude-file = ["~/absent"]
            push = ["origin"]

            [profile.none]
            repository = "~/other"
            """);
        TestUser.Ending ending = user.run("doctor", "--json");
        assertThat(ending.exitCode()).isEqualTo(1);
        JsonNode report = ending.json();
        assertThat(levels(report, "profiles")).containsExactly("ok");
        assertThat(messages(report, "ok")).anyMatch(text -> text.startsWith("'good': its repository at "));
        assertThat(messages(report, "warning"))
                .anyMatch(text -> text.contains("'bad' captures") && text.contains("nowhere"));
        assertThat(messages(report, "problem"))
                .hasSize(3)
                .anyMatch(text -> text.contains("absent as 'exclude-file'"))
                .anyMatch(text -> text.contains("'bad' pushes to 'origin'"))
                .anyMatch(text -> text.contains("'none' has no repository yet"));
        assertThat(hint(report, "profile")).contains("cairn -P bad remote add origin URL");

        user.write(".config/cairn/config.toml", "[profile.good]\npath = [\"~/data\"]\ntgas = [\"x\"]\n");
        JsonNode wrong = user.run("doctor", "--json").json();
        assertThat(levels(wrong, "profiles")).containsExactly("problem");
        assertThat(messages(wrong, "problem")).singleElement().asString().contains("tgas", "config.toml");
        assertThat(hint(wrong, "profiles")).contains("tags");
        assertThat(user.run("doctor", "--config", user.home + "/nosuch.toml").exitCode())
                .isEqualTo(1);
    }

    @Test
    void withoutARepository_looksAtTheRest() {
        TestUser.Ending ending = user.run("doctor", "--json");
        JsonNode report = ending.json();
        assertThat(ending.exitCode()).as("%s", ending).isZero();
        for (String check : new String[] {
            "java",
            "lmdb",
            "compression",
            "open-files",
            "memory",
            "key-files",
            "profiles",
            "device-key",
            "file-system",
            "free-space",
            "free-inodes",
            "sync",
            "sparse-files",
            "repository"
        }) {
            assertThat(levels(report, check)).as(check).hasSize(1).doesNotContain("problem");
        }
        assertThat(user.defaultRepository()).doesNotExist();
    }

    @Test
    void soundRepository_hasNoProblemsAndIsLeftAlone() throws IOException {
        snapshot();
        Map<String, String> before = FolderBytes.of(user.home);
        JsonNode report = user.json("doctor");
        assertThat(report.path("problems").asInt()).isZero();
        assertThat(levels(report, "damage")).containsExactly("ok");
        assertThat(levels(report, "recovery-code")).containsExactly("ok");
        assertThat(levels(report, "last-snapshot")).containsExactly("ok");
        assertThat(levels(report, "clock")).containsExactly("ok");
        assertThat(levels(report, "scrub")).containsExactly("warning");
        assertThat(levels(report, "drill")).containsExactly("warning");
        assertThat(hint(report, "pushed")).contains("cairn remote add");
        assertThat(FolderBytes.of(user.home)).isEqualTo(before);
        user.ok("scrub");
        user.ok("drill");
        JsonNode after = user.json("doctor");
        assertThat(levels(after, "scrub")).containsExactly("ok");
        assertThat(levels(after, "drill")).containsExactly("ok");
        assertThat(user.ok("doctor").out()).contains("0 problems").containsPattern("ok +java");
    }

    @Test
    void secretsThatOthersMayRead_areAProblem() throws IOException {
        snapshot();
        Path key;
        try (var keys = Files.list(user.home.resolve(".config/cairn/keys"))) {
            key = keys.findFirst().orElseThrow();
        }
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        TestUser.Ending ending = user.run("doctor", "--json");
        assertThat(ending.exitCode()).isEqualTo(1);
        assertThat(hint(ending.json(), "key-files")).contains("chmod 600 " + key);
    }

    @Test
    void withoutTheKey_saysWhatItCouldNotSee() throws IOException {
        snapshot();
        try (var keys = Files.list(user.home.resolve(".config/cairn/keys"))) {
            Files.delete(keys.findFirst().orElseThrow());
        }
        TestUser.Ending ending = user.run("doctor", "--json");
        assertThat(ending.exitCode()).as("%s", ending).isZero();
        assertThat(levels(ending.json(), "key-of-repository")).containsExactly("warning");
        assertThat(levels(ending.json(), "last-snapshot")).isEmpty();
        assertThat(levels(ending.json(), "damage")).containsExactly("ok");
        assertThat(ending.out()).contains("no key was given");
        user.with("CAIRN_PASSWORD", "not the one");
        assertThat(user.run("doctor").exitCode()).isEqualTo(1);
    }

    @Test
    void notedDamage_isTold() throws IOException {
        snapshot();
        VolumeDamage.flipWithin(user.defaultRepository(), 500_000);
        user.run("verify", "--data");
        TestUser.Ending ending = user.run("doctor", "--json");
        assertThat(ending.exitCode()).as("%s", ending).isEqualTo(13);
        assertThat(hint(ending.json(), "damage")).contains("cairn repair");
    }

    @Test
    void remotes_areAskedOnlyWhereThatIsWanted() throws IOException {
        snapshot();
        try (LocalServer server = new LocalServer(folder.resolve("server"))) {
            user.addRemote("origin", server.url("r"), server.enrolmentCode());
            assertThat(hint(user.json("doctor"), "pushed")).contains("cairn push");
            user.ok("push");
            JsonNode report = user.json("doctor", "--remotes");
            assertThat(levels(report, "pushed")).containsExactly("ok");
            assertThat(levels(report, "remote")).containsExactly("ok");
            // Beside that by the newest snapshot.
            assertThat(levels(report, "clock")).containsExactly("ok", "ok");
            assertThat(levels(user.json("doctor"), "remote")).isEmpty();
        }
        TestUser.Ending gone = user.run("doctor", "--remotes", "--json");
        assertThat(gone.exitCode()).isZero();
        assertThat(levels(gone.json(), "remote")).containsExactly("warning");
    }
}
