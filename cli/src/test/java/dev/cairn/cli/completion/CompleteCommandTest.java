package dev.cairn.cli.completion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    void complete_repositoryWithPassword_asksForNoneAndHasNoTags() {
        Path password = user.write("password", "open sesame\n");
        user.ok("init", "--password-file", password.toString());
        user.ok("snapshot", user.home + "/data", "--tag", "x", "--password-file", password.toString());

        assertThat(user.ok("complete", "branches").out().lines()).containsExactly("main");
        TestUser.Ending tags = user.run("complete", "tags");
        assertThat(tags.exitCode()).isEqualTo(1);
        assertThat(tags.out() + tags.err()).isEmpty();
    }
}
