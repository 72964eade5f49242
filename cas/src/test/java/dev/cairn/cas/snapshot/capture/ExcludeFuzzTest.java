package dev.cairn.cas.snapshot.capture;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.snapshot.pattern.PathCharacters;
import dev.cairn.cas.snapshot.pattern.PathPattern;
import dev.cairn.delta.fuzz.FuzzSuite;
import dev.cairn.delta.fuzz.Parsing;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Patterns, and files of rules that stand in folders that are captured. */
final class ExcludeFuzzTest extends FuzzSuite {

    private static final Parsing PARSING = Parsing.refusedBy(IllegalArgumentException.class);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    protected Map<String, Map<String, byte[]>> seeds() {
        return Map.of(
                "rules",
                Map.of("ignore", bytes("\ufeff# no\n*.o\n!keep.o\r\n/build/\n**/[a-z]?\\ \nü[!x]\n")),
                "pattern",
                Map.of(
                        "stars", bytes("\u0005a*a*bsome/aaaaaaaaab"),
                        "classes", bytes("\u0014[[:digit:]]/**/[!a]?x1/y/z/b\u00fcx")));
    }

    @FuzzTest
    void rules(byte[] input) {
        List<String> refused = new ArrayList<>();
        PARSING.accepted(() -> ExcludeRules.ofLines(input, (line, reason) -> refused.add(line + ": " + reason)));
        assertThat(refused).hasSizeLessThanOrEqualTo(input.length);
    }

    /** Input: the length of a pattern, the pattern, a path. */
    @FuzzTest
    void pattern(byte[] input) {
        int length = input.length == 0 ? 0 : Math.min(input[0] & 0xff, input.length - 1);
        byte[] text = Arrays.copyOfRange(input, Math.min(1, input.length), Math.min(1, input.length) + length);
        byte[] rest = Arrays.copyOfRange(input, Math.min(input.length, 1 + length), input.length);
        PARSING.value(Parsing.FIXED_BYTES + 200L * input.length, () -> PathPattern.parse(text))
                .ifPresent(pattern -> PARSING.value(
                                Parsing.FIXED_BYTES + 200L * input.length, () -> EntryPath.parse(rest))
                        .ifPresent(path -> {
                            PathCharacters characters = new PathCharacters().set(path);
                            boolean matches = pattern.matches(characters, 0, false);
                            assertThat(pattern.matches(characters, 0, true) || !matches)
                                    .isTrue();
                        }));
    }
}
