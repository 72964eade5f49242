package dev.cairn.cli.look;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.cli.fixture.FileTree;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code find}, {@code diff --stat}, and snapshots by their time. */
class FindCommandTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    @BeforeEach
    void aUser() throws IOException {
        user = new TestUser(folder.resolve("home"));
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    private String snapshot(String... more) {
        List<String> line = new ArrayList<>(List.of("snapshot", data()));
        line.addAll(List.of(more));
        return user.json(line.toArray(String[]::new)).path("snapshot").asText();
    }

    private static List<String> paths(List<JsonNode> lines) {
        return lines.stream().map(line -> line.path("path").asText()).toList();
    }

    @Test
    void find_overRandomHistory_isWhatListingEverySnapshotGives() throws IOException {
        long seed = 77;
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        String[] names = {"a.txt", "b.c", "Main.java", "x/deep.txt", "x/y/z.c", "notes/a.txt", "notes/b.md"};
        List<String> ids = new ArrayList<>();
        user.write("../data/always", "same");
        for (int i = 0; i < 6; i++) {
            for (String name : names) {
                if (random.nextInt(3) == 0) {
                    user.write("../data/" + name, "v" + random.nextInt(3));
                } else if (random.nextInt(4) == 0) {
                    Files.deleteIfExists(folder.resolve("data").resolve(name));
                }
            }
            ids.add(snapshot());
        }
        for (String pattern : List.of("*.txt", "*.c", "a*", "always", "none")) {
            Set<String> expected = new TreeSet<>();
            for (String id : ids) {
                for (JsonNode entry : user.ok("ls", id, "-R", "--json").jsonLines()) {
                    Path name = Path.of(entry.path("path").asText()).getFileName();
                    if (FileSystems.getDefault()
                            .getPathMatcher("glob:" + pattern)
                            .matches(name)) {
                        expected.add(id + " " + entry);
                    }
                }
            }
            Set<String> actual = new TreeSet<>();
            TreeMap<String, Integer> versions = new TreeMap<>();
            List<JsonNode> lines = user.ok("find", pattern, "--json").jsonLines();
            for (JsonNode line : lines) {
                versions.merge(line.toString(), 1, Integer::sum);
                JsonNode plain = line.deepCopy();
                JsonNode in = ((com.fasterxml.jackson.databind.node.ObjectNode) plain).remove("snapshots");
                in.forEach(id -> actual.add(id.asText() + " " + plain));
            }
            assertThat(actual).as("seed=%d, %s", seed, pattern).isEqualTo(expected);
            assertThat(paths(lines)).as(pattern).isSorted();
            assertThat(user.ok("find", pattern, "--json", "--all").jsonLines())
                    .as(pattern)
                    .hasSize(expected.size());
        }
        JsonNode always = user.ok("find", "always", "--json").jsonLines().getFirst();
        assertThat(always.path("snapshots")).hasSize(6);
        assertThat(user.ok("find", "always").out()).contains("[6: ").hasLineCount(1);
    }

    @Test
    void find_bounds_chooseAmongWhatMatches() throws IOException {
        user.write("../data/small.txt", "s");
        Path old = user.write("../data/sub/Large.TXT", "l".repeat(3000));
        Files.setLastModifiedTime(old, FileTime.from(Instant.parse("2020-05-01T00:00:00Z")));
        Files.createDirectories(folder.resolve("data/dir.txt"));
        String first = snapshot();
        user.write("../data/later.txt", "new");
        snapshot("--branch", "other");

        assertThat(found("*.txt", "--type", "f")).containsExactly("later.txt", "small.txt");
        assertThat(found("*.txt", "-i", "--type", "f")).containsExactly("later.txt", "small.txt", "sub/Large.TXT");
        assertThat(found("*.txt", "--type", "d")).containsExactly("dir.txt");
        assertThat(found("*.txt/")).containsExactly("dir.txt");
        assertThat(found("sub/*")).containsExactly("sub/Large.TXT");
        assertThat(found("/s*")).containsExactly("small.txt", "sub");
        assertThat(found("*", "--larger-than", "2K")).containsExactly("sub/Large.TXT");
        assertThat(found("*", "--smaller-than", "2")).containsExactly("small.txt");
        assertThat(found("*", "--older", "2020-06-01")).containsExactly("sub/Large.TXT");
        assertThat(found("*", "--newer", "1h", "--type", "f")).containsExactly("later.txt", "small.txt");
        assertThat(found("l*", "--branch", "main")).isEmpty();
        assertThat(found("l*", "--snapshot", "other")).containsExactly("later.txt");
        assertThat(found("l*", "--snapshot", first)).isEmpty();
        assertThat(found("l*", "--before", "1h")).isEmpty();
        assertThat(found("l*", "--after", "1h")).containsExactly("later.txt");
        assertThat(user.ok("find", "nothing").err()).contains("Nothing found");
        for (String[] wrong : new String[][] {
            {"find"},
            {"find", "[a"},
            {"find", "a", "--type", "x"},
            {"find", "a", "--newer", "soon"},
            {"find", "a", "--larger-than", "x"},
            {"find", "a", "--snapshot", "main:sub"}
        }) {
            assertThat(user.run(wrong).exitCode()).as(String.join(" ", wrong)).isEqualTo(2);
        }
        assertThat(user.run("find", "a", "--branch", "none").exitCode()).isEqualTo(1);
    }

    private List<String> found(String... arguments) {
        String[] line =
                Stream.concat(Stream.of("find", "--json"), Stream.of(arguments)).toArray(String[]::new);
        return paths(user.ok(line).jsonLines());
    }

    @Test
    void diffStat_perFolder_addsUpToAll() throws IOException {
        user.write("../data/sub/a", "12345");
        user.write("../data/sub/deep/b", "1");
        user.write("../data/gone/c", "123");
        user.write("../data/loose", "1");
        snapshot();
        user.write("../data/sub/a", "1234567");
        user.write("../data/sub/deep/new", "12");
        new FileTree(folder.resolve("data/gone")).delete();
        user.write("../data/loose", "12");
        snapshot();

        List<JsonNode> lines =
                user.ok("diff", "main~1", "main", "--stat", "--json").jsonLines();

        assertThat(paths(lines)).containsExactly("gone", "sub", "", "");
        JsonNode gone = lines.get(0);
        assertThat(gone.path("removed").asInt()).isEqualTo(2);
        assertThat(gone.path("bytesRemoved").asInt()).isEqualTo(3);
        JsonNode sub = lines.get(1);
        assertThat(sub.path("added").asInt()).isEqualTo(1);
        assertThat(sub.path("bytesAdded").asInt()).isEqualTo(9);
        assertThat(sub.path("bytesRemoved").asInt()).isEqualTo(5);
        JsonNode all = lines.getLast();
        assertThat(all.path("total").asBoolean()).isTrue();
        for (String field : List.of("added", "removed", "changed", "bytesAdded", "bytesRemoved")) {
            assertThat(lines.stream()
                            .limit(3)
                            .mapToInt(line -> line.path(field).asInt())
                            .sum())
                    .as(field)
                    .isEqualTo(all.path(field).asInt());
        }
        assertThat(user.ok("diff", "main~1", "main", "--stat").out())
                .contains("in all")
                .hasLineCount(4);
        assertThat(user.ok("diff", "main~1:sub", "main:sub", "--stat", "--json")
                        .jsonLines()
                        .getLast()
                        .path("bytesAdded")
                        .asInt())
                .isEqualTo(9);
    }

    @Test
    void snapshots_byTime_inListsAndAsAPlace() throws IOException {
        user.write("../data/f", "one");
        snapshot();
        user.write("../data/f", "two");
        snapshot();
        JsonNode list = user.json("snapshots");
        String first = list.get(0).path("time").asText();
        String second = list.get(1).path("time").asText();

        assertThat(user.json("snapshots", "--before", "1h")).isEmpty();
        assertThat(user.json("snapshots", "--after", "yesterday")).hasSize(2);
        assertThat(user.json("snapshots", "--before", second)).hasSize(1);
        assertThat(user.json("snapshots", "--after", second)).hasSize(1);
        assertThat(user.json("snapshots", "--after", first, "--before", "now")).hasSize(2);
        assertThat(user.ok("cat", "main@{" + first + "}:f").out()).isEqualTo("one");
        assertThat(user.ok("cat", "main@{now}:f").out()).isEqualTo("two");
        assertThat(user.ok("cat", "main@{0s}~1:f").out()).isEqualTo("one");
        TestUser.Ending old = user.run("ls", "main@{2d}");
        assertThat(old.exitCode()).isEqualTo(1);
        assertThat(old.err()).contains("nothing that old", "cairn snapshots");
        assertThat(user.run("ls", "main@{soon}").exitCode()).isEqualTo(2);
        assertThat(user.run("snapshots", "--before", "soon").exitCode()).isEqualTo(2);
        assertThat(user.run("ls", "none@{now}").exitCode()).isEqualTo(1);
    }

    @Test
    void ls_human_writesSizesWithUnits() throws IOException {
        user.write("../data/f", "x".repeat(12_345));
        snapshot();
        assertThat(user.ok("ls", "main").out()).contains(" 12345  ");
        assertThat(user.ok("ls", "main", "--human").out())
                .contains(" 12.3 kB  ")
                .startsWith("-rw");
    }
}
