package dev.cairn.cli.look;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.cli.fixture.TestUser;
import dev.cairn.cli.text.PathText;
import dev.cairn.cli.text.RawText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ls}, {@code cat}, {@code diff}, {@code snapshots}, and how a snapshot is named. */
class LookingTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    @SuppressWarnings("NullAway.Init")
    private String first;

    @SuppressWarnings("NullAway.Init")
    private String second;

    @BeforeEach
    void twoSnapshots() throws IOException {
        user = new TestUser(folder.resolve("home"));
        Path data = folder.resolve("data");
        user.write("../data/stays", "same");
        user.write("../data/goes", "old");
        user.write("../data/changes", "one");
        user.write("../data/sub/deep", "deep");
        Files.createSymbolicLink(data.resolve("link"), Path.of("stays"));
        first = user.json("snapshot", data.toString()).path("snapshot").asText();
        Files.delete(data.resolve("goes"));
        user.write("../data/changes", "two, longer");
        user.write("../data/comes", "new");
        second = user.json("snapshot", data.toString()).path("snapshot").asText();
    }

    @Test
    void ls_folder_listsItsChildrenOnly() {
        List<JsonNode> entries = user.ok("ls", "main", "--json").jsonLines();
        assertThat(entries)
                .extracting(entry -> entry.path("path").asText())
                .containsExactly("changes", "comes", "link", "stays", "sub");
        assertThat(entries.get(2).path("type").asText()).isEqualTo("symlink");
        assertThat(entries.get(2).path("target").asText()).isEqualTo("stays");
        assertThat(entries.get(4).path("type").asText()).isEqualTo("directory");
        assertThat(user.ok("ls", "main:sub").out()).contains("sub/deep").hasLineCount(1);
        assertThat(user.ok("ls", "main", "-R").out()).hasLineCount(6);
    }

    @Test
    void ls_nameThatIsNotUtf8_hasItsBytesBeside() throws IOException {
        byte[] name = {'x', (byte) 0xff, 'y'};
        Path odd = PathText.path(RawText.of(name));
        Files.createDirectories(folder.resolve("odd"));
        Files.writeString(PathText.path(folder.resolve("odd") + "/" + RawText.of(name)), "odd");
        assertThat(odd).isNotNull();
        user.ok("snapshot", folder.resolve("odd").toString(), "--branch", "odd");

        JsonNode entry = user.ok("ls", "odd", "--json").jsonLines().getFirst();

        assertThat(Base64.getDecoder().decode(entry.path("pathBytes").asText())).isEqualTo(name);
        assertThat(user.ok("cat", "odd:" + RawText.of(name)).out()).isEqualTo("odd");
    }

    @Test
    void cat_file_givesItsBytes() {
        assertThat(user.ok("cat", "main:changes").outBytes()).isEqualTo("two, longer".getBytes(StandardCharsets.UTF_8));
        assertThat(user.ok("cat", first + ":changes").out()).isEqualTo("one");
        assertThat(user.ok("cat", "main:/changes").out()).isEqualTo("two, longer");
        assertThat(user.run("cat", "main:sub").exitCode()).isEqualTo(1);
        assertThat(user.run("cat", "main:link").exitCode()).isEqualTo(1);
        assertThat(user.run("cat", "main:../x").exitCode()).isEqualTo(2);
    }

    @Test
    void diff_twoSnapshots_tellsEachChange() {
        List<JsonNode> changes = user.ok("diff", "main~1", "main", "--json").jsonLines();
        assertThat(changes)
                .extracting(change -> change.path("path").asText() + " "
                        + change.path("change").asText())
                .contains("changes changed", "comes added", "goes removed")
                .doesNotContain("stays changed", "link changed", "sub/deep changed");
        assertThat(user.ok("diff", "main", "main").out()).isEmpty();
        assertThat(user.ok("diff", first + ":sub", second + ":sub").out()).isEmpty();
        assertThat(user.run("diff", "main:sub", "main:changes").exitCode()).isEqualTo(2);
        assertThat(user.run("diff", "main~1:nosuch", "main:nosuch").exitCode()).isEqualTo(1);
        assertThat(user.run("diff", "main:sub", "main:nosuch").exitCode()).isEqualTo(1);
    }

    /** Folders that stand elsewhere, with hard links within one of them and to a file outside. */
    @Test
    void diff_twoFolders_tellsWhatDiffersByThePathOfTheSecond() throws IOException {
        Path data = folder.resolve("moved");
        for (String place : new String[] {"old/site", "new"}) {
            Files.createDirectories(data.resolve(place).resolve("sub"));
            for (String name : new String[] {"same", "other", "sub/deep"}) {
                Path file = Files.writeString(data.resolve(place).resolve(name), "as it was");
                Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));
            }
            Files.createLink(
                    data.resolve(place).resolve("linked"), data.resolve(place).resolve("same"));
        }
        Files.writeString(data.resolve("a"), "outside");
        Files.createLink(data.resolve("new/toOutside"), data.resolve("a"));
        Files.createLink(data.resolve("old/site/toOutside"), data.resolve("a"));
        Files.writeString(data.resolve("new/other"), "changed");
        Files.delete(data.resolve("old/site/sub/deep"));
        Files.writeString(data.resolve("old/site/gone"), "gone");
        for (String made : new String[] {"old/site/sub", "old/site", "new/sub", "new"}) {
            Files.setLastModifiedTime(data.resolve(made), FileTime.fromMillis(2_000));
        }
        user.ok("snapshot", data.toString(), "--branch", "moved");

        assertThat(user.ok("diff", "moved:old/site", "moved:new").out().lines())
                .containsExactly("-  new/gone", "M  new/other  [content, mtime]", "+  new/sub/deep");
        JsonNode all = user.ok("diff", "moved:new", "moved:old/site", "--stat", "--json")
                .jsonLines()
                .getLast();
        for (String count : new String[] {"added", "removed", "changed"}) {
            assertThat(all.path(count).asInt()).as(count).isEqualTo(1);
        }
        assertThat(user.ok("diff", "moved:old/site/same", "moved:new/other")
                        .out()
                        .lines())
                .containsExactly("M  new/other  [content, mtime]");
    }

    @Test
    void newestSnapshot_asOtherToolsCallIt_isToldTheBranches() {
        TestUser.Ending ending =
                user.run("restore", "latest", "--target", folder.resolve("t").toString());
        assertThat(ending.exitCode()).isEqualTo(2);
        assertThat(ending.err()).contains("'latest'", "newest snapshot of a branch", "main");
        user.ok("branch", "create", "latest", "main~1");
        assertThat(user.ok("cat", "latest:changes").out()).isEqualTo("one");
    }

    @Test
    void snapshots_all_areListedOldestFirst() {
        JsonNode list = user.json("snapshots");
        assertThat(list).hasSize(2);
        JsonNode oldest = list.get(0);
        assertThat(oldest.path("snapshot").asText()).isEqualTo(first);
        assertThat(oldest.fieldNames())
                .toIterable()
                .contains("snapshot", "branch", "time", "host", "paths", "tags", "files", "bytes");
        assertThat(oldest.path("branch").asText()).isEqualTo("main");
        assertThat(user.ok("snapshots").out())
                .contains(
                        first.substring(0, 12),
                        second.substring(0, 12),
                        folder.resolve("data").toString());
    }

    @Test
    void place_byPrefixBranchAndGeneration_isFound() {
        assertThat(user.ok("cat", first.substring(0, 8) + ":changes").out()).isEqualTo("one");
        assertThat(user.ok("cat", first.substring(0, 8).toUpperCase(java.util.Locale.ROOT) + ":changes")
                        .out())
                .isEqualTo("one");
        assertThat(user.ok("cat", "main~1:changes").out()).isEqualTo("one");
        assertThat(user.ok("cat", "main~0:changes").out()).isEqualTo("two, longer");
        TestUser.Ending tooFar = user.run("cat", "main~2:changes");
        assertThat(tooFar.exitCode()).isEqualTo(1);
        assertThat(tooFar.err()).contains("goes back further");
        assertThat(user.run("cat", first.substring(0, 5) + ":changes").exitCode())
                .isEqualTo(1);
        assertThat(user.run("cat", "000000:changes").exitCode()).isEqualTo(1);
    }

    @Test
    void globalOptions_beforeOrAfterTheCommand_areTheSame() {
        assertThat(user.ok("--json", "snapshots").out())
                .isEqualTo(user.ok("snapshots", "--json").out());
        String repository = user.defaultRepository().toString();
        assertThat(user.ok("-r", repository, "snapshots").out())
                .isEqualTo(user.ok("snapshots", "-r", repository).out())
                .isEqualTo(user.ok("snapshots", "--repo=" + repository).out());
    }
}
