package dev.cairn.cli.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotCommandTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    private Path data() {
        return folder.resolve("data");
    }

    @BeforeEach
    void someFiles() throws IOException {
        user = new TestUser(folder.resolve("home"));
        Files.createDirectories(data().resolve("sub/empty"));
        Files.writeString(data().resolve("a.txt"), "alpha");
        Files.writeString(data().resolve("sub/b.txt"), "b".repeat(2000));
    }

    @Test
    void snapshot_firstEver_makesTheDefaultRepositoryAndSaysSo() {
        TestUser.Ending ending = user.ok("snapshot", data().toString());

        assertThat(ending.err())
                .contains("Made repository", user.defaultRepository().toString())
                .contains("Recovery code")
                .contains("Next: cairn restore main --target DIR");
        assertThat(ending.out()).contains("2 files in 3 folders").contains("on main");
        assertThat(user.defaultRepository()).isDirectory();
    }

    @Test
    void snapshot_json_hasTheFieldsOfTheContract() {
        JsonNode first = user.json("snapshot", data().toString(), "--tag", "one", "--tag", "two");
        JsonNode second = user.json("snapshot", data().toString());

        assertThat(first.fieldNames())
                .toIterable()
                .contains(
                        "repository",
                        "recoveryCode",
                        "snapshot",
                        "root",
                        "branch",
                        "parent",
                        "files",
                        "directories",
                        "bytes",
                        "filesNew",
                        "filesChanged",
                        "filesUnmodified",
                        "chunksNew",
                        "bytesNew",
                        "bytesStored",
                        "errors",
                        "seconds");
        assertThat(first.path("files").asInt()).isEqualTo(2);
        assertThat(first.path("directories").asInt()).isEqualTo(3);
        assertThat(first.path("bytes").asInt()).isEqualTo(2005);
        assertThat(first.path("filesNew").asInt()).isEqualTo(2);
        assertThat(first.path("parent").isNull()).isTrue();
        assertThat(second.has("recoveryCode")).isFalse();
        assertThat(second.path("parent")).isEqualTo(first.path("snapshot"));
        assertThat(second.path("root")).isEqualTo(first.path("root"));
        assertThat(second.path("filesUnmodified").asInt()).isEqualTo(2);
        assertThat(second.path("chunksNew").asInt()).isZero();
        assertThat(user.json("snapshots", "--tag", "one")).hasSize(1);
        assertThat(user.json("snapshots").get(0).path("tags")).hasSize(2);
    }

    @Test
    void snapshot_namedRepositoryThatIsNotThere_isNotMade() {
        Path elsewhere = folder.resolve("elsewhere");
        TestUser.Ending ending = user.run("-r", elsewhere.toString(), "snapshot", data().toString(), "--json");

        assertThat(ending.exitCode()).isEqualTo(10);
        assertThat(ending.error().path("code").asText()).isEqualTo("no-repository");
        assertThat(ending.error().path("message").asText()).contains(elsewhere.toString());
        assertThat(ending.error().path("hint").asText()).contains("cairn init");
        assertThat(elsewhere).doesNotExist();
        assertThat(user.with("CAIRN_REPO", elsewhere.toString())
                        .run("snapshot", data().toString())
                        .exitCode())
                .isEqualTo(10);
    }

    @Test
    void snapshot_oneFolder_rootIsItsContent() {
        user.ok("snapshot", data().toString());
        assertThat(paths("main")).containsExactly("a.txt", "sub", "sub/b.txt", "sub/empty");
    }

    @Test
    void snapshot_severalPaths_keepTheirAbsolutePaths() {
        Path other = user.write("other/c.txt", "c");
        user.ok("snapshot", data().toString(), other.toString());

        String base = data().toString().substring(1);
        assertThat(paths("main"))
                .contains(base + "/a.txt", base + "/sub/b.txt", other.toString().substring(1));
        JsonNode snapshot = user.json("snapshots").get(0);
        assertThat(texts(snapshot.path("paths"))).containsExactly(data().toString(), other.toString());
    }

    @Test
    void snapshot_excludes_areLeftOut() {
        user.ok("snapshot", data().toString(), "--exclude", "*.txt", "--exclude", "/sub/empty");
        assertThat(paths("main")).containsExactly("sub");
    }

    @Test
    void snapshot_dryRun_storesNothing() {
        user.ok("snapshot", data().toString());
        Path more = user.write("more/new.txt", "n".repeat(9000));

        JsonNode tried = user.json("snapshot", more.toString(), "-n", "--branch", "other");

        assertThat(tried.path("dryRun").asBoolean()).isTrue();
        assertThat(tried.path("filesNew").asInt()).isEqualTo(1);
        assertThat(tried.path("bytesNew").asInt()).isEqualTo(9000);
        assertThat(tried.path("snapshot").isNull()).isTrue();
        assertThat(user.json("snapshots")).hasSize(1);
        assertThat(user.run("ls", "other").exitCode()).isEqualTo(1);
    }

    @Test
    void snapshot_otherPathsOnTheBranch_suggestsABranch() {
        user.ok("snapshot", data().toString());
        TestUser.Ending ending = user.ok("snapshot", data().resolve("sub").toString());
        assertThat(ending.err()).contains("Branch main held other paths before").contains("--branch");
    }

    @Test
    void snapshot_fileThatCannotBeRead_isListedAndTheRestGoesOn() {
        // Can be written to and not read, even by root.
        Path unreadable = Path.of("/sys/bus/platform/drivers_probe");
        assumeTrue(Files.exists(unreadable), "no " + unreadable + " here");
        TestUser.Ending ending = user.run("snapshot", data().toString(), unreadable.toString(), "--json");

        assertThat(ending.exitCode()).isEqualTo(3);
        JsonNode errors = ending.json().path("errors");
        assertThat(errors).hasSize(1);
        assertThat(errors.get(0).path("path").asText())
                .isEqualTo(unreadable.toString().substring(1));
        assertThat(errors.get(0).path("reason").asText()).isNotEmpty();
        assertThat(paths("main")).contains(data().toString().substring(1) + "/a.txt");
    }

    @Test
    void snapshot_sourceThatIsNotThere_changesNothing() {
        TestUser.Ending ending = user.run("snapshot", folder.resolve("nowhere").toString(), "--json");
        assertThat(ending.exitCode()).isEqualTo(1);
        assertThat(ending.error().path("message").asText()).contains("nowhere").doesNotContain("Exception");
        assertThat(ending.error().path("hint").asText()).contains("Check the path");
    }

    @Test
    void snapshot_wrongUsage_isTold() {
        for (List<String> wrong : List.of(
                List.of("snapshot"),
                List.of("snapshot", ""),
                List.of("snapshot", data().toString(), "--branch", "a b"),
                List.of("snapshot", data().toString(), "--branch", ""),
                List.of("snapshot", data().toString(), "--exclude", ""),
                List.of("snapshot", data().toString(), "--nonsense"),
                List.of("snapshot", data().toString(), "--lock-wait", "soon"))) {
            TestUser.Ending ending = user.run(wrong.toArray(String[]::new));
            assertThat(ending.exitCode()).as("%s: %s", wrong, ending).isEqualTo(2);
            assertThat(ending.err()).startsWith("cairn: ").doesNotContain("Exception");
            assertThat(ending.out()).isEmpty();
        }
    }

    @Test
    void snapshot_sourceWithinTheRepository_isRefused() {
        user.ok("snapshot", data().toString());
        TestUser.Ending ending =
                user.run("snapshot", user.defaultRepository().resolve("volumes").toString());
        assertThat(ending.exitCode()).isEqualTo(1);
        assertThat(ending.err()).contains("part of the repository itself");
    }

    @Test
    void snapshot_ofTheHome_leavesTheRepositoryOut() {
        user.write("letter.txt", "dear");
        user.ok("snapshot", user.home.toString());
        user.ok("snapshot", user.home.toString());
        assertThat(paths("main")).contains("letter.txt").noneMatch(path -> path.endsWith(".mdb"));
    }

    @Test
    void snapshot_quiet_printsTheCodeOnly() {
        TestUser.Ending first = user.ok("-q", "snapshot", data().toString());
        TestUser.Ending second = user.ok("snapshot", data().toString(), "-q");
        assertThat(first.err()).contains("Recovery code").doesNotContain("Next:");
        assertThat(first.out() + second.out() + second.err()).isEmpty();
    }

    @Test
    void snapshot_verbose_namesEveryFile() {
        TestUser.Ending ending = user.ok("-v", "snapshot", data().toString());
        assertThat(ending.err()).contains("new        a.txt").contains("new        sub/b.txt");
    }

    private List<String> paths(String place) {
        return user.ok("ls", place, "-R", "--json").jsonLines().stream()
                .map(entry -> entry.path("path").asText())
                .toList();
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }
}
