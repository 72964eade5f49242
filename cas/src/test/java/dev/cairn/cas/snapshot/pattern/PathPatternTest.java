package dev.cairn.cas.snapshot.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.manifest.EntryPath;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathPatternTest {

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static boolean matches(String pattern, String path) {
        return matches(bytes(pattern), bytes(path), false);
    }

    private static boolean matches(byte[] pattern, byte[] path, boolean folder) {
        PathCharacters characters = new PathCharacters().set(EntryPath.parse(path));
        return PathPattern.parse(pattern).matches(characters, 0, folder);
    }

    @ParameterizedTest
    @CsvSource({
        "*.o, a.o",
        "*.o, deep/down/a.o",
        "node_modules, web/node_modules",
        "/top, top",
        "a/b, a/b",
        "a/*/c, a/b/c",
        "a/**/c, a/c",
        "a/**/c, a/b/c",
        "a/**/c, a/b/b2/c",
        "**/c, c",
        "**/c, x/y/c",
        "a/**, a/b/c",
        "/a**/z, a/b/z",
        "x/a**z, x/abz",
        "fil?, file",
        "fil?, filé",
        "[a-c]x, bx",
        "[!a-c]x, dx",
        "[^a-c]x, dx",
        "[]]x, ]x",
        "[é-ü]x, ñx",
        "[[:digit:][:upper:]]x, 7x",
        "[[:a]x, ':x'",
        "'**\\/c', a/c",
        "'a\\*b', 'a*b'",
        "'\\!a', !a",
        "'[\\]]', ]",
        "*, anything",
    })
    void matches_pathsThatThePatternMeans(String pattern, String path) {
        assertThat(matches(pattern, path)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "*.o, a.oo",
        "*.o, .o/a",
        "/top, a/top",
        "a/b, x/a/b",
        "a/*, a/b/c",
        "a/*/c, a/c",
        "a/**, a",
        "a/**/c, ac",
        "a/**/c, a/bc",
        "**/c, xc",
        "fil?, fil",
        "a?b, a/b",
        "a[/]b, a/b",
        "a[!x]b, a/b",
        "[a-c]x, dx",
        "[!a-c]x, bx",
        "'a\\*b', axb",
        "??, é",
        "a//b, a/b",
        "//a, a",
        "/a**z, a/b/z",
        "x/a*b**z, x/ab/z",
        "[[:digit:]]x, ax",
        "a/**/, a",
    })
    void matches_otherPaths_not(String pattern, String path) {
        assertThat(matches(pattern, path)).isFalse();
    }

    @Test
    void matches_slashAtTheEnd_foldersOnly() {
        assertThat(matches(bytes("build/"), bytes("x/build"), true)).isTrue();
        assertThat(matches(bytes("build/"), bytes("x/build"), false)).isFalse();
    }

    @Test
    void matches_namesThatAreNotUtf8_byteByByte() {
        byte[] name = {'a', (byte) 0xFF, (byte) 0xC3, 'b'};

        assertThat(matches(bytes("a??b"), name, false)).isTrue();
        assertThat(matches(bytes("a?b"), name, false)).isFalse();
        assertThat(matches(name, name, false)).isTrue();
        assertThat(matches(new byte[] {'*', (byte) 0xFF, '*'}, name, false)).isTrue();
        assertThat(matches(new byte[] {'*', (byte) 0xFE, '*'}, name, false)).isFalse();
    }

    @Test
    void matches_manyStars_takesTimeInProportion() {
        String stars = "a*".repeat(1000) + "b";

        assertThat(matches(stars, "a".repeat(1000))).isFalse();
        assertThat(matches("**a".repeat(1000) + "b", "a".repeat(1000))).isFalse();
    }

    @Test
    void matches_randomPatterns_asARegularExpressionDoes() {
        long seed = 0x6c0b;
        Random random = new Random(seed);
        String[] parts = {"a", "b", "*", "?", "**", "/", "[ab]", "[!a]"};
        // Two stars within a name are as one.
        String[] regex = {"a", "b", "[^/]*", "[^/]", "[^/]*", "/", "[ab]", "[^a/]"};
        for (int round = 0; round < 20_000; round++) {
            StringBuilder glob = new StringBuilder("/[x]x");
            StringBuilder expression = new StringBuilder("xx");
            int last = 1;
            for (int i = random.nextInt(6); i > 0; i--) {
                int part = random.nextInt(parts.length);
                // Neighbouring stars are one token, doubled slashes one slash, and '**/' has a rule of its own.
                if (((part == 2 || part == 4) && (last == 2 || last == 4 || last == 5)) || (part == 5 && last != 0)) {
                    continue;
                }
                glob.append(parts[part]);
                expression.append(regex[part]);
                last = part;
            }
            if (last == 5) {
                continue;
            }
            StringBuilder path = new StringBuilder("xx");
            for (int i = random.nextInt(6); i > 0; i--) {
                path.append("ab/".charAt(random.nextInt(3)));
            }
            String text = path.toString().replaceAll("/+", "/").replaceAll("/$", "");
            boolean expected = Pattern.matches(expression.toString(), text);
            assertThat(matches(glob.toString(), text))
                    .as("seed=%d, %s, %s", seed, glob, text)
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({"'', names nothing", "/, names nothing", "'a\\', backslash", "a[b, not closed", "'[[:x:]]', no class"})
    void parse_whatIsNoPattern_says(String pattern, String message) {
        assertThatThrownBy(() -> PathPattern.parse(bytes(pattern)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void parse_tooLong_refused() {
        assertThatThrownBy(() -> PathPattern.parse(new byte[PathPattern.BYTES_MAX + 1]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void matches_anyCase_lettersOfBothCases() {
        PathCharacters path = new PathCharacters().set(EntryPath.parse("Docs/ÜBER.TXT"));
        for (String pattern :
                new String[] {"*.txt", "über.*", "docs/[t-v\u00fc]ber.txt", "[a-z\u00dc]ber.txt", "ÜBER.TXT"}) {
            assertThat(PathPattern.parse(bytes(pattern), true).matches(path, 0, false))
                    .as(pattern)
                    .isTrue();
        }
        assertThat(PathPattern.parse(bytes("*.txt"), false).matches(path, 0, false))
                .isFalse();
        assertThat(PathPattern.parse(bytes("unter.*"), true).matches(path, 0, false))
                .isFalse();
    }

    @Test
    void matches_fromAFolderOn_thePathThatItSees() {
        PathCharacters path = new PathCharacters().set(EntryPath.parse("a/b/c/d"));
        PathPattern pattern = PathPattern.parse(bytes("/b/*/d"));
        assertThat(pattern.matches(path, path.startBelow(1), false)).isTrue();
        assertThat(pattern.matches(path, path.startBelow(0), false)).isFalse();
        assertThat(PathPattern.parse(bytes("d")).matches(path, path.startBelow(3), false))
                .isTrue();
    }
}
