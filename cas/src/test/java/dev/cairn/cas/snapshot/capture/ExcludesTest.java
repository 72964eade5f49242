package dev.cairn.cas.snapshot.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExcludesTest {

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static boolean matches(String pattern, String path) {
        return Excludes.of(List.of(bytes(pattern))).matches(bytes(path), false);
    }

    @ParameterizedTest
    @CsvSource({
        "*.o, a.o",
        "*.o, deep/down/a.o",
        "node_modules, web/node_modules",
        "/top, top",
        "a/b, a/b",
        "a//b, a/b",
        "a/*/c, a/b/c",
        "a/**/c, a/c",
        "a/**/c, a/b/c",
        "a/**/c, a/b/b2/c",
        "**/c, c",
        "**/c, x/y/c",
        "a/**, a/b/c",
        "/a**z, a/b/z",
        "fil?, file",
        "fil?, filé",
        "[a-c]x, bx",
        "[!a-c]x, dx",
        "[^a-c]x, dx",
        "[]]x, ]x",
        "[é-ü]x, ñx",
        "a[b, a[b",
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
    })
    void matches_otherPaths_not(String pattern, String path) {
        assertThat(matches(pattern, path)).isFalse();
    }

    @Test
    void matches_slashAtTheEnd_foldersOnly() {
        Excludes excludes = Excludes.of(List.of(bytes("build/")));

        assertThat(excludes.matches(bytes("x/build"), true)).isTrue();
        assertThat(excludes.matches(bytes("x/build"), false)).isFalse();
    }

    @Test
    void matches_namesThatAreNotUtf8_byteByByte() {
        byte[] name = {'a', (byte) 0xFF, (byte) 0xC3, 'b'};

        assertThat(Excludes.of(List.of(bytes("a??b"))).matches(name, false)).isTrue();
        assertThat(Excludes.of(List.of(bytes("a?b"))).matches(name, false)).isFalse();
        assertThat(Excludes.of(List.of(name)).matches(name, false)).isTrue();
        assertThat(Excludes.of(List.of(new byte[] {'*', (byte) 0xFF, '*'})).matches(name, false))
                .isTrue();
        assertThat(Excludes.of(List.of(new byte[] {'*', (byte) 0xFE, '*'})).matches(name, false))
                .isFalse();
    }

    @Test
    void matches_manyStars_takesTimeInProportion() {
        String stars = "a*".repeat(1000) + "b";

        assertThat(matches(stars, "a".repeat(4000))).isFalse();
        assertThat(matches("**a".repeat(1000) + "b", "a".repeat(4000))).isFalse();
    }

    @Test
    void matches_randomPatterns_asARegularExpressionDoes() {
        long seed = 0x6c0b;
        Random random = new Random(seed);
        String[] parts = {"a", "b", "*", "?", "**", "/", "[ab]", "[!a]"};
        String[] regex = {"a", "b", "[^/]*", "[^/]", ".*", "/", "[ab]", "[^a/]"};
        for (int round = 0; round < 20_000; round++) {
            StringBuilder glob = new StringBuilder("/x");
            StringBuilder expression = new StringBuilder("x");
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
            StringBuilder path = new StringBuilder("x");
            for (int i = random.nextInt(6); i > 0; i--) {
                path.append("ab/".charAt(random.nextInt(3)));
            }
            boolean expected = Pattern.matches(expression.toString(), path);
            assertThat(matches(glob.toString(), path.toString()))
                    .as("seed=%d, %s, %s", seed, glob, path)
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({"'', names nothing", "///, names nothing", "'a\\', backslash", "!a, not supported"})
    void of_whatIsNoPattern_says(String pattern, String message) {
        assertThatThrownBy(() -> Excludes.of(List.of(bytes(pattern))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void of_tooMuch_refused() {
        assertThatThrownBy(() -> Excludes.of(List.of(new byte[Glob.PATTERN_BYTES_MAX + 1])))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Excludes.of(java.util.Collections.nCopies(Excludes.PATTERNS_MAX + 1, bytes("a"))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void lines_commentsAndEmptyLines_skipped() {
        assertThat(Excludes.lines(bytes("# no\n\n*.o\r\na b \n\\#c")))
                .map(line -> new String(line, StandardCharsets.UTF_8))
                .containsExactly("*.o", "a b ", "\\#c");
    }
}
