package dev.cairn.cas.snapshot.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.EntryType;
import dev.cairn.cas.snapshot.pattern.PathCharacters;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules mean what git takes them for. */
class GitExcludesTest {

    private static final String[] PARTS = {
        "*",
        "?",
        "a",
        "b",
        "c",
        "/",
        "**",
        "[ab]",
        "[!a]",
        "\\",
        "!",
        "#",
        "a",
        ".",
        " ",
        "[a-c]",
        "ab",
        "*/",
        "**/",
        "/**",
        "é",
        "[[:alpha:]]",
        "[^b]",
        "a*b",
        "[",
        "]",
        "[]a]",
        "[a-",
        "-",
        "\\*",
        "\\ ",
        "***",
        "/",
        "**\\/"
    };
    private static final String[] NAMES = {
        "a", "b", "c", "ab", "abc", ".a", "a b", "é", "#a", "!a", "a.b", "[ab]", "a*b", "]", "-", "a ", "bab"
    };

    @TempDir
    Path dir;

    @BeforeEach
    void aRepositoryOfGit() throws Exception {
        try {
            assertThat(git("init", "-q", ".")).isZero();
        } catch (IOException e) {
            assumeTrue(false, "git is not there");
        }
    }

    private int git(String... arguments) throws IOException, InterruptedException {
        return prepare(arguments).inheritIO().start().waitFor();
    }

    private ProcessBuilder prepare(String... arguments) {
        List<String> command = new ArrayList<>(List.of("git", "-c", "core.excludesFile=/dev/null"));
        command.addAll(Arrays.asList(arguments));
        return new ProcessBuilder(command).directory(dir.toFile());
    }

    private Set<String> answers(String input, String... arguments) throws IOException, InterruptedException {
        Process process = prepare(arguments).start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        Set<String> answers = new TreeSet<>(Arrays.asList(out.split("\0")));
        answers.remove("");
        return answers;
    }

    private static String rules(Random random) {
        StringBuilder rules = new StringBuilder();
        for (int lines = 1 + random.nextInt(4); lines > 0; lines--) {
            StringBuilder line = new StringBuilder();
            for (int parts = 1 + random.nextInt(4); parts > 0; parts--) {
                line.append(PARTS[random.nextInt(PARTS.length)]);
            }
            if (line.indexOf("é") >= 0 && line.indexOf("[") >= 0) {
                // A set takes a character here, a byte there.
                continue;
            }
            rules.append(line).append(random.nextInt(9) == 0 ? "\r\n" : "\n");
        }
        return rules.toString();
    }

    private static String path(Random random) {
        StringBuilder path = new StringBuilder();
        for (int names = 1 + random.nextInt(3); names > 0; names--) {
            path.append(path.isEmpty() ? "" : "/").append(NAMES[random.nextInt(NAMES.length)]);
        }
        return path.toString();
    }

    @Test
    void rules_randomLinesAndPaths_asCheckIgnoreAnswers() throws Exception {
        long seed = 0x91750;
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 250; round++) {
            String text = rules(random);
            Files.writeString(dir.resolve(".gitignore"), text);
            Set<String> paths = new TreeSet<>();
            for (int i = 0; i < 60; i++) {
                paths.add(path(random));
            }
            // Where names are not ASCII, one character is one here.
            paths.removeIf(path -> path.contains("é") && (text.contains("?") || text.contains("[")));
            Set<String> expected =
                    answers(String.join("\0", paths) + "\0", "check-ignore", "--no-index", "-z", "--stdin");
            ExcludeRules rules = ExcludeRules.ofLines(text.getBytes(StandardCharsets.UTF_8), (line, reason) -> {});
            Set<String> actual = new TreeSet<>(paths);
            actual.removeIf(path -> !excludes(rules, EntryPath.parse(path)));
            assertThat(actual)
                    .as("seed=%d, round %d, rules:%n%s", seed, round, text)
                    .isEqualTo(expected);
        }
    }

    private static boolean excludes(ExcludeRules rules, EntryPath path) {
        for (int depth = 1; depth <= path.depth(); depth++) {
            PathCharacters characters = new PathCharacters().set(path.prefix(depth));
            Boolean decision = rules.excludes(characters, 0, depth < path.depth());
            if (decision != null && decision) {
                return true;
            }
        }
        return false;
    }

    @Test
    void capture_rulesInManyFolders_keepsWhatGitLists() throws Exception {
        long seed = 0x5eed;
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 12; round++) {
            Path tree = dir.resolve("tree" + round);
            for (int i = 0; i < 80; i++) {
                Path file = tree.resolve(path(random));
                try {
                    Files.createDirectories(file.getParent());
                    Files.writeString(file, "x");
                } catch (IOException e) {
                    assertThat(e).as("only what is in the way").isInstanceOf(FileSystemException.class);
                }
            }
            List<Path> folders;
            try (var all = Files.walk(tree)) {
                folders = all.filter(Files::isDirectory).toList();
            }
            for (Path folder : folders) {
                if (folder.equals(tree) || random.nextInt(3) == 0) {
                    String text = rules(random).replace("é", "a");
                    Files.writeString(folder.resolve(".gitignore"), text);
                    Files.writeString(folder.resolve(Excludes.RULES_FILE), text);
                }
            }
            Set<String> expected = answers(
                    "", "-C", tree.toString(), "ls-files", "-z", "--others", "--exclude-per-directory=.gitignore");
            TestRepository repository = new TestRepository();
            CaptureResult result =
                    repository.capture(TestRepository.plan(tree).withExcludes(Excludes.NONE.withRulesFiles()));
            Set<String> actual = new TreeSet<>();
            repository.entries(result).all().stream()
                    .filter(entry -> entry.type() == EntryType.FILE)
                    .forEach(entry -> actual.add(entry.path().utf8().orElseThrow()));
            assertThat(withoutOdd(actual)).as("seed=%d, round %d", seed, round).isEqualTo(withoutOdd(expected));
        }
    }

    /** Without names in which a character is not a byte: there {@code ?} and sets mean something else to git. */
    private static Set<String> withoutOdd(Set<String> paths) {
        Set<String> plain = new TreeSet<>(paths);
        plain.removeIf(path -> path.contains("é"));
        return plain;
    }
}
