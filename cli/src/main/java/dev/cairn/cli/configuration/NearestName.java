package dev.cairn.cli.configuration;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** What was meant where a name is none of those that there are. */
public final class NearestName {

    /** Beyond that many characters nobody mistyped a name; and the comparison costs the product of both lengths. */
    private static final int CHARS_MAX = 100;

    private NearestName() {}

    /** The name that looks most like {@code word}; empty where none looks like it. */
    public static Optional<String> of(String word, Collection<String> names) {
        if (word.isEmpty() || word.length() > CHARS_MAX) {
            return Optional.empty();
        }
        String small = word.toLowerCase(Locale.ROOT).replace('_', '-');
        return names.stream()
                .filter(name -> isNear(small, name))
                .min(Comparator.<String>comparingInt(name -> distance(small, name))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** The same as the beginning of a sentence: {@code Did you mean 'paths'? }, or nothing. */
    public static String hint(String word, Collection<String> names) {
        return of(word, names).map(name -> "Did you mean '" + name + "'? ").orElse("");
    }

    private static boolean isNear(String word, String name) {
        boolean begins = word.length() >= 3 && (name.startsWith(word) || word.startsWith(name));
        return begins || distance(word, name) <= Math.max(1, Math.max(word.length(), name.length()) / 3);
    }

    /** Letters to add, take away, change or swap with their neighbour: optimal string alignment, row by row. */
    private static int distance(String a, String b) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, 1 + Math.min(last[j], row[j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            int[] free = beforeLast;
            beforeLast = last;
            last = row;
            row = free;
        }
        return last[b.length()];
    }
}
