package dev.cairn.cli.capture;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.cli.fixture.TestUser;
import dev.cairn.cli.fixture.VolumeDamage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RestoreCommandTest extends SmallSnapshotFixture {

    private Path target() {
        return folder.resolve("target");
    }

    @Test
    void restore_missingTarget_isMadeEqual() throws IOException {
        JsonNode result = user.json("restore", "main", "--target", target().toString(), "--verify");

        assertThat(result.path("files").asInt()).isEqualTo(2);
        assertThat(result.path("bytes").asInt()).isEqualTo(300_005);
        assertThat(result.path("filesSkipped").asInt()).isZero();
        assertThat(result.path("verified").asInt()).isEqualTo(2);
        assertThat(result.path("errors")).isEmpty();
        assertSame(data(), target());
        assertThat(Files.getLastModifiedTime(target())).isEqualTo(Files.getLastModifiedTime(data()));
    }

    @Test
    void restore_again_writesNothing() {
        user.ok("restore", "main", "--target", target().toString());
        JsonNode result = user.json("restore", "main", "--target", target().toString());
        assertThat(result.path("files").asInt()).isZero();
        assertThat(result.path("filesSkipped").asInt()).isEqualTo(2);
    }

    @Test
    void restore_overwriteNever_leavesWhatIsThere() throws IOException {
        Files.createDirectories(target());
        Files.writeString(target().resolve("a.txt"), "mine");
        assertThat(user.ok("restore", "main", "--target", target().toString(), "--overwrite", "never")
                        .out())
                .contains("1 file left as they were");
        assertThat(target().resolve("a.txt")).hasContent("mine");
        assertThat(target().resolve("sub/noise")).hasSize(300_000);
        user.ok("restore", "main", "--target", target().toString());
        assertThat(target().resolve("a.txt")).hasContent("alpha");
    }

    @Test
    void restore_surplus_goesOnlyWithDelete() throws IOException {
        Files.createDirectories(target().resolve("old"));
        Files.writeString(target().resolve("old/x"), "x");
        user.ok("restore", "main", "--target", target().toString());
        assertThat(target().resolve("old/x")).exists();
        JsonNode result = user.json("restore", "main", "--target", target().toString(), "--delete");
        assertThat(result.path("removed").asInt()).isPositive();
        assertSame(data(), target());
    }

    @Test
    void restore_ontoAnotherRepository_isRefused_andNothingOfItDeleted() throws IOException {
        Path other = folder.resolve("other");
        user.ok("-r", other.toString(), "init");
        for (String repository : new String[] {other.toString(), other + "/../other"}) {
            TestUser.Ending ending = user.run("restore", "main", "--target", repository, "--delete");
            assertThat(ending.exitCode()).as("%s", ending).isEqualTo(1);
            assertThat(ending.err()).contains("is a repository", "Choose another target");
        }
        user.ok("-r", other.toString(), "verify", "--data");
    }

    @Test
    void restore_dryRun_writesNothing() {
        JsonNode result = user.json("restore", "main", "--target", target().toString(), "-n");
        assertThat(result.path("files").asInt()).isEqualTo(2);
        assertThat(target()).doesNotExist();
    }

    @Test
    void restore_placeInASnapshot_writesThatOnly() throws IOException {
        user.ok("restore", "main:sub", "--target", target().toString());
        try (Stream<Path> all = Files.list(target())) {
            assertThat(all).containsExactly(target().resolve("noise"));
        }
    }

    @Test
    void restore_unknownPlaces_areTold() {
        TestUser.Ending path = user.run("restore", "main:nope", "--target", target().toString());
        assertThat(path.exitCode()).isEqualTo(1);
        assertThat(path.err()).contains("nope");
        TestUser.Ending branch = user.run("restore", "other", "--target", target().toString());
        assertThat(branch.exitCode()).isEqualTo(1);
        assertThat(branch.err()).contains("no snapshot or branch 'other'").contains("cairn snapshots");
        assertThat(user.run("restore", "main").exitCode()).isEqualTo(2);
        assertThat(user.run("restore", "main", "--target", "").exitCode()).isEqualTo(2);
        assertThat(user.run("restore", "main", "--target", target().toString(), "--overwrite", "perhaps")
                        .exitCode())
                .isEqualTo(2);
        assertThat(target()).doesNotExist();
    }

    @Test
    void restore_damagedRecord_leavesTheFileOutAndExitsWithDamage() throws IOException {
        VolumeDamage.flipWithin(user.defaultRepository(), 100_000);

        TestUser.Ending ending = user.run("restore", "main", "--target", target().toString(), "--json");

        assertThat(ending.exitCode()).isEqualTo(13);
        assertThat(ending.json().path("errors").get(0).path("path").asText()).isEqualTo("sub/noise");
        assertThat(ending.json().path("errors").get(0).path("damage").asBoolean())
                .isTrue();
        assertThat(target().resolve("sub/noise")).doesNotExist();
        assertThat(target().resolve("a.txt")).hasContent("alpha");
        assertThat(user.run("verify").exitCode()).as("closure alone").isZero();
        assertThat(user.run("verify", "--data").exitCode()).isEqualTo(13);
        TestUser.Ending verified = user.run("verify", "main", "--data", "--json");
        assertThat(verified.exitCode()).isEqualTo(13);
        assertThat(verified.json().path("damaged").get(0).path("path").asText()).isEqualTo("sub/noise");
        assertThat(user.run("verify").exitCode()).as("it is noted now").isEqualTo(13);
        assertThat(user.run("cat", "main:sub/noise").exitCode()).isEqualTo(13);
        assertThat(user.ok("cat", "main:a.txt").out()).isEqualTo("alpha");
    }

    private static void assertSame(Path expected, Path actual) throws IOException {
        try (Stream<Path> all = Files.walk(expected)) {
            for (Path path : all.toList()) {
                Path other = actual.resolve(expected.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    assertThat(other).isDirectory();
                } else {
                    assertThat(other).hasSameBinaryContentAs(path);
                }
            }
        }
        try (Stream<Path> here = Files.walk(actual);
                Stream<Path> there = Files.walk(expected)) {
            assertThat(here.count()).isEqualTo(there.count());
        }
    }
}
