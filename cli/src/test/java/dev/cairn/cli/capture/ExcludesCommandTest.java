package dev.cairn.cli.capture;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.cli.fixture.TestUser;
import dev.cairn.cli.text.PathText;
import dev.cairn.cli.text.RawText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code snapshot} leaves out, and what it is told to take. */
class ExcludesCommandTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    @BeforeEach
    void aTree() throws IOException {
        user = new TestUser(folder.resolve("home"));
        for (String name : List.of("a.o", "keep.o", "src/main.c", "src/gen/x.c", "cache/blob", "skip/deep/y", "big")) {
            user.write("../data/" + name, name.equals("big") ? "b".repeat(5000) : "x");
        }
        user.write("../data/cache/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n# made by a test\n");
        user.write("../data/notcache/CACHEDIR.TAG", "Signature: other");
        user.write("../data/notcache/z", "z");
        user.write("../data/skip/.nobackup", "");
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    private List<String> paths() {
        return user.ok("ls", "main", "-R", "--json").jsonLines().stream()
                .filter(entry -> !entry.path("type").asText().equals("directory"))
                .map(entry -> entry.path("path").asText())
                .toList();
    }

    @Test
    void excludeFile_rulesOfGit_withExceptions() {
        Path rules = user.write("rules", "# objects\n*.o\n!keep.o\n\n/src/gen/\nskip/**/y \n");

        user.ok("snapshot", data(), "--exclude-file", rules.toString(), "--exclude", "big");

        assertThat(paths())
                .containsExactly(
                        "cache/CACHEDIR.TAG",
                        "cache/blob",
                        "keep.o",
                        "notcache/CACHEDIR.TAG",
                        "notcache/z",
                        "skip/.nobackup",
                        "src/main.c");
    }

    @Test
    void cairnignore_inFolders_holdsBelowThem_andCanBeSwitchedOff() throws IOException {
        user.write("../data/.cairnignore", "*.c\n*.o\nbig\n");
        user.write("../data/src/.cairnignore", "!main.c\n/gen/z\n[broken\n");
        user.write("../data/src/gen/z", "z");

        TestUser.Ending ending = user.ok("snapshot", data());

        assertThat(paths()).contains("src/main.c", "src/.cairnignore", "cache/blob");
        assertThat(paths()).doesNotContain("src/gen/x.c", "src/gen/z", "big", "a.o", "keep.o");
        assertThat(ending.err()).contains("src/.cairnignore, line 3 is passed over", "not closed");
        user.ok("snapshot", data(), "--no-ignore-files");
        assertThat(paths()).contains("src/gen/x.c", "src/gen/z", "big", "a.o");
        // What was asked for with the command comes before what stands in folders.
        user.ok("snapshot", data(), "--exclude", "!*.o", "--exclude", "main.c");
        assertThat(paths()).contains("a.o", "keep.o").doesNotContain("src/main.c");
    }

    @Test
    void caches_andMarkedFolders_keepOnlyTheirMark() {
        user.ok("snapshot", data(), "--exclude-caches", "--exclude-if-present", ".nobackup");
        assertThat(paths())
                .contains("cache/CACHEDIR.TAG", "skip/.nobackup", "notcache/z")
                .doesNotContain("cache/blob", "skip/deep/y");
        // The source itself was named.
        user.ok("snapshot", data() + "/cache", "--exclude-caches", "--branch", "other");
        assertThat(user.ok("ls", "other").out()).contains("blob");
    }

    @Test
    void largerThan_filesOfThatLength_stay() {
        user.ok("snapshot", data(), "--exclude-larger-than", "4999");
        assertThat(paths()).doesNotContain("big");
        user.ok("snapshot", data(), "--exclude-larger-than", "5000");
        assertThat(paths()).contains("big");
    }

    @Test
    void excludes_thatAreNew_areNotTakenForDeletion() {
        user.ok("snapshot", data());

        JsonNode result = user.json("snapshot", data(), "--exclude", "src", "--exclude-if-present", ".nobackup");

        // src with its main.c, gen and gen/x.c; below skip deep and y.
        assertThat(result.path("pathsExcluded").asInt()).isEqualTo(2);
        assertThat(result.path("entriesNowExcluded").asInt()).isEqualTo(6);
        assertThat(user.ok("snapshot", data(), "--exclude", "src", "--exclude-if-present", ".nobackup")
                        .out())
                .contains("Left out: 2 paths.");
        user.ok("snapshot", data());
        assertThat(user.ok("snapshot", data(), "--exclude", "src").out())
                .contains("Left out: 1 path, and with them 4 entries that the previous snapshot has.");
    }

    @Test
    void names_thatAreNotUtf8_canBeLeftOut() throws IOException {
        byte[] name = {'x', (byte) 0xff, 'y'};
        Files.writeString(PathText.path(data() + "/" + RawText.of(name)), "odd");
        Path rules = user.home.resolve("rules");
        Files.write(rules, new byte[] {'x', (byte) 0xff, '*', '\n'});
        user.ok("snapshot", data(), "--exclude-file", rules.toString());
        assertThat(paths()).noneMatch(path -> path.startsWith("x"));
        user.ok("snapshot", data(), "--exclude", RawText.of(new byte[] {'?', (byte) 0xfe, 'y'}));
        assertThat(paths()).anyMatch(path -> path.startsWith("x"));
    }

    @Test
    void filesFrom_linesOrZeros_keepAbsolutePaths() throws IOException {
        Path list = user.write("list", data() + "/src\n\n" + data() + "/a.o\n");
        Path zeros = folder.resolve("zeros");
        Files.write(zeros, (data() + "/big\0").getBytes(StandardCharsets.UTF_8));

        user.ok("snapshot", "--files-from", list.toString(), "--files-from0", zeros.toString());

        String base = data().substring(1);
        assertThat(paths()).containsExactly(base + "/a.o", base + "/big", base + "/src/gen/x.c", base + "/src/main.c");
        user.write("one", data() + "/src");
        user.ok("snapshot", "--files-from", user.home.resolve("one").toString());
        assertThat(paths()).containsExactly(base + "/src/gen/x.c", base + "/src/main.c");
        TestUser.Ending gone = user.run(
                "snapshot",
                "--files-from",
                user.write("gone", data() + "/none\n").toString());
        assertThat(gone.exitCode()).isEqualTo(1);
        assertThat(gone.err()).contains("/none", "cannot be found");
    }

    @Test
    void rules_thatAreWrong_areToldBeforeAnythingIsDone() {
        String broken = user.write("broken", "fine\n[a\n").toString();
        String empty = user.write("empty", "\n").toString();
        for (List<String> wrong : List.of(
                List.of("--exclude-file", broken, data()),
                List.of("--exclude", "[a", data()),
                List.of("--exclude", "!", data()),
                List.of("--exclude-if-present", "a/b", data()),
                List.of("--exclude-larger-than", "big", data()),
                List.of("--files-from", empty))) {
            List<String> line = new java.util.ArrayList<>(List.of("snapshot"));
            line.addAll(wrong);
            TestUser.Ending ending = user.run(line.toArray(String[]::new));
            assertThat(ending.exitCode()).as("%s: %s", wrong, ending).isEqualTo(2);
        }
        assertThat(user.run("snapshot", data(), "--exclude-file", broken).err()).contains("line 2");
        assertThat(user.run("snapshot", data(), "--exclude-file", broken + "not")
                        .exitCode())
                .isEqualTo(1);
        assertThat(user.defaultRepository()).doesNotExist();
    }
}
