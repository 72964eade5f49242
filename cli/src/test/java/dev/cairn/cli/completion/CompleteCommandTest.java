package dev.cairn.cli.completion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompleteCommandTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    @BeforeEach
    void aUser() throws IOException {
        user = new TestUser(folder.resolve("home"));
        user.write("data/a", "one");
    }

    @Test
    void complete_eachKind_aNameALine() throws IOException {
        String first = user.json("snapshot", user.home + "/data", "--tag", "x", "--tag", "two words")
                .path("snapshot")
                .asText();
        user.write("data/a", "two");
        String second = user.json("snapshot", user.home + "/data", "--branch", "papers")
                .path("snapshot")
                .asText();
        Files.writeString(
                user.defaultRepository().resolve("remotes.json"),
                "{\"remotes\":{\"origin\":{\"url\":\"http://127.0.0.1:7420/default/mine\"}}}");

        assertThat(user.ok("complete", "branches").out().lines()).containsExactly("main", "papers");
        assertThat(user.ok("complete", "snapshots").out().lines())
                .containsExactlyInAnyOrder("main", "papers", first.substring(0, 12), second.substring(0, 12));
        assertThat(user.ok("complete", "remotes").out().lines()).containsExactly("origin");
        assertThat(user.ok("complete", "tags").out().lines()).containsExactly("two words", "x");
    }

    @Test
    void complete_places_areNamesOfSnapshotsAndBehindAColonPathsOfOne() throws IOException {
        user.write("data/photos/2026/one.jpg", "1");
        user.write("data/photos/two words.jpg", "2");
        user.write("data/photos/line\nend", "3");
        user.write("data/plan", "4");
        String id = user.json("snapshot", user.home + "/data").path("snapshot").asText();

        assertThat(places("")).containsExactly("main", id.substring(0, 12));
        assertThat(places("ma")).contains("main");
        assertThat(places("main:")).containsExactly("main:a", "main:photos/", "main:plan");
        assertThat(places("main:p")).containsExactly("main:photos/", "main:plan");
        assertThat(places("main:/./p")).containsExactly("main:/./photos/", "main:/./plan");
        assertThat(places("main:photos")).containsExactly("main:photos/");
        assertThat(places("main:photos/")).containsExactly("main:photos/2026/", "main:photos/two words.jpg");
        assertThat(places(id.substring(0, 8) + ":photos/2")).containsExactly(id.substring(0, 8) + ":photos/2026/");
        assertThat(places("main@{2099-01-01T10:00}:pl")).containsExactly("main@{2099-01-01T10:00}:plan");
        assertThat(places("main:no/")).isEmpty();
        assertThat(places("main:plan/")).isEmpty();
        for (String wrong : List.of("none:", "main~9:p", "main:../", "main@{never}:a")) {
            TestUser.Ending ending = user.run("complete", "places", "--", wrong);
            assertThat(ending.exitCode()).as(wrong).isNotZero();
            assertThat(ending.out() + ending.err()).as(wrong).isEmpty();
        }
    }

    private List<String> places(String word) {
        return user.ok("complete", "places", "--", word).out().lines().toList();
    }

    @Test
    void complete_keyThatMayAsk_isNotUsed() {
        user.ok("snapshot", user.home + "/data");
        Path asked = user.home.resolve("asked");
        for (List<String> source :
                List.of(List.of("--password-command", "touch " + asked), List.of("--recovery-code-file", "-"))) {
            for (List<String> kind : List.of(List.of("tags"), List.of("places", "main:"))) {
                TestUser.Ending ending = user.run(Stream.of(List.of("complete"), kind, source)
                        .flatMap(List::stream)
                        .toArray(String[]::new));
                assertThat(ending.exitCode()).isEqualTo(1);
                assertThat(ending.out() + ending.err()).isEmpty();
            }
        }
        assertThat(asked).doesNotExist();
    }

    @Test
    void complete_profiles_areThoseOfTheFileAndNeedNoRepository() {
        assertThat(user.run("complete", "profiles").exitCode()).isEqualTo(1);
        Path file = user.write(".config/cairn/config.toml", "[profile.home]\n[profile.photos]\npaths = [\"~/data\"]\n");
        assertThat(user.ok("complete", "profiles").out().lines()).containsExactly("home", "photos");
        assertThat(user.ok("complete", "profiles", "--config", file.toString())
                        .out()
                        .lines())
                .hasSize(2);
        user.write(".config/cairn/config.toml", "[profile.home]\nnonsense = 1\n");
        TestUser.Ending wrong = user.run("complete", "profiles");
        assertThat(wrong.out() + wrong.err()).isEmpty();
        assertThat(user.defaultRepository()).doesNotExist();
    }

    @Test
    void complete_noRepository_failsInSilence() {
        for (String kind : new String[] {"branches", "snapshots", "remotes", "tags"}) {
            TestUser.Ending ending = user.run("complete", kind);
            assertThat(ending.exitCode()).isEqualTo(1);
            assertThat(ending.out() + ending.err()).isEmpty();
        }
        assertThat(user.defaultRepository()).doesNotExist();
    }

    @Test
    void complete_repositoryWithPassword_asksForNoneAndHasNeitherTagsNorPaths() {
        Path password = user.write("password", "open sesame\n");
        user.ok("init", "--password-file", password.toString());
        user.ok("snapshot", user.home + "/data", "--tag", "x", "--password-file", password.toString());

        assertThat(user.ok("complete", "branches").out().lines()).containsExactly("main");
        for (List<String> kind : List.of(List.of("complete", "tags"), List.of("complete", "places", "main:"))) {
            TestUser.Ending ending = user.run(kind.toArray(String[]::new));
            assertThat(ending.exitCode()).isEqualTo(1);
            assertThat(ending.out() + ending.err()).isEmpty();
        }
    }
}
