package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.snapshot.pattern.PathCharacters;
import dev.cairn.cas.snapshot.pattern.PathPattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rules from one place, in their order: a pattern that is left out or, behind an exclamation mark, kept. The last one that means a path
 * decides. Compiled once, immutable.
 */
final class ExcludeRules {

    /** No rules. */
    static final ExcludeRules NONE = new ExcludeRules(List.of());

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private final List<Rule> rules;

    private ExcludeRules(List<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    private record Rule(PathPattern pattern, boolean kept) {}

    /** Hears of a line that no path can match. */
    interface Refusals {
        void refused(int line, String reason);
    }

    /**
     * Reads patterns, one each.
     *
     * @throws IllegalArgumentException with a sentence for the user if one is not a pattern
     */
    static ExcludeRules of(List<byte[]> patterns) {
        return patterns.isEmpty()
                ? NONE
                : new ExcludeRules(patterns.stream().map(ExcludeRules::rule).toList());
    }

    /**
     * Reads the lines of a file as git reads those of a {@code .gitignore}: empty ones and those that begin with {@code #} are
     * skipped, spaces at the end dropped unless a backslash stands before them.
     *
     * @param refusals hears of lines that are not patterns; they are skipped
     */
    static ExcludeRules ofLines(byte[] file, Refusals refusals) {
        List<Rule> rules = new ArrayList<>();
        int start = startsWithMark(file) ? BYTE_ORDER_MARK.length : 0;
        int line = 1;
        for (int i = start; i <= file.length; i++) {
            if (i == file.length || file[i] == '\n') {
                int end = i > start && i < file.length && file[i - 1] == '\r' ? i - 1 : i;
                byte[] pattern = withoutSpaces(file, start, end);
                if (pattern.length > 0 && pattern[0] != '#') {
                    try {
                        rules.add(rule(pattern));
                    } catch (IllegalArgumentException e) {
                        refusals.refused(line, String.valueOf(e.getMessage()));
                    }
                }
                start = i + 1;
                line++;
            }
        }
        return rules.isEmpty() ? NONE : new ExcludeRules(rules);
    }

    private static Rule rule(byte[] pattern) {
        boolean kept = pattern.length > 0 && pattern[0] == '!';
        return new Rule(PathPattern.parse(kept ? Arrays.copyOfRange(pattern, 1, pattern.length) : pattern), kept);
    }

    private static boolean startsWithMark(byte[] file) {
        return file.length >= BYTE_ORDER_MARK.length
                && Arrays.equals(file, 0, BYTE_ORDER_MARK.length, BYTE_ORDER_MARK, 0, BYTE_ORDER_MARK.length);
    }

    private static byte[] withoutSpaces(byte[] file, int start, int end) {
        int kept = start;
        for (int i = start; i < end; i++) {
            if (file[i] == '\\' && i + 1 < end) {
                i++;
                kept = i + 1;
            } else if (file[i] != ' ') {
                kept = i + 1;
            }
        }
        return Arrays.copyOfRange(file, start, kept);
    }

    /** These, and behind them {@code more}, which decide first. */
    ExcludeRules with(ExcludeRules more) {
        List<Rule> all = new ArrayList<>(rules);
        all.addAll(more.rules);
        return all.isEmpty() ? NONE : new ExcludeRules(all);
    }

    int size() {
        return rules.size();
    }

    /**
     * Whether a path is left out by itself; null if no rule means it. Whether a folder above it is, is not looked at.
     *
     * @param base where the path begins as the rules see it
     */
    @Nullable
    Boolean excludes(PathCharacters path, int base, boolean folder) {
        for (int i = rules.size() - 1; i >= 0; i--) {
            if (rules.get(i).pattern().matches(path, base, folder)) {
                return !rules.get(i).kept();
            }
        }
        return null;
    }
}
