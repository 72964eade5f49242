package dev.cairn.cas.snapshot.pattern;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * A run of characters with wildcards. Compiled once: what is plain at its beginning, or behind a star that it begins with, is compared as
 * it stands. Otherwise matching simulates all alternatives at once (Thompson, "Regular Expression Search Algorithm", CACM 1968): its
 * cost is the length of the text times that of the pattern at most, whatever the pattern. Immutable.
 */
final class Glob {

    private enum Kind {
        /** One character out of a set. */
        SET,
        /** Any run of characters but slashes. */
        NAME_PART,
        /** Any run of characters. */
        ANYTHING,
        /** Nothing, and what follows may be passed over: two steps, any run of characters and the slash behind it. */
        OPTIONAL
    }

    private record Step(Kind kind, IntPredicate set) {
        static Step of(Kind kind) {
            return new Step(kind, _ -> false);
        }
    }

    /** What the text begins with. */
    private final int[] prefix;

    /** What follows. */
    private final Step[] steps;

    /** What the text ends with, if that is all that {@link #steps} say; a name only, if {@code !acrossSlashes}. */
    private final int @org.jspecify.annotations.Nullable [] suffix;

    private final boolean anyCase;

    private Glob(int[] prefix, Step[] steps, int @org.jspecify.annotations.Nullable [] suffix, boolean anyCase) {
        this.prefix = prefix;
        this.steps = steps;
        this.suffix = suffix;
        this.anyCase = anyCase;
    }

    /**
     * Compiles a part of {@code text}.
     *
     * @param hasFolders whether what it is compared with may have slashes, and stars keep off them
     * @param shown the whole pattern, for messages
     * @throws IllegalArgumentException if no text can match
     */
    static Glob parse(int[] text, int from, int to, boolean hasFolders, boolean anyCase, String shown) {
        int plain = from;
        while (plain < to && !isSpecial(text[plain])) {
            plain++;
        }
        Parser parser = new Parser(text, plain, to, hasFolders, shown);
        parser.run();
        int[] suffix = null;
        boolean starOnly = plain < to && text[plain] == '*' && !hasFolders;
        if (starOnly) {
            int end = plain + 1;
            while (end < to && !isSpecial(text[end])) {
                end++;
            }
            suffix = end == to ? Arrays.copyOfRange(text, plain + 1, to) : null;
        }
        return new Glob(Arrays.copyOfRange(text, from, plain), parser.steps.toArray(Step[]::new), suffix, anyCase);
    }

    private static boolean isSpecial(int character) {
        return character == '*' || character == '?' || character == '[' || character == '\\';
    }

    /** Whether this stands for the characters of {@code text} from {@code from} to before {@code to}. */
    boolean matches(int[] text, int from, int to) {
        int at = from + prefix.length;
        if (at > to || !isSame(prefix, text, from)) {
            return false;
        }
        if (suffix != null) {
            return to - at >= suffix.length && isSame(suffix, text, to - suffix.length);
        }
        return steps.length == 0 ? at == to : simulate(text, at, to);
    }

    private boolean isSame(int[] plain, int[] text, int from) {
        if (!anyCase) {
            return Arrays.equals(plain, 0, plain.length, text, from, from + plain.length);
        }
        for (int i = 0; i < plain.length; i++) {
            if (folded(plain[i]) != folded(text[from + i])) {
                return false;
            }
        }
        return true;
    }

    /** Letters of both cases as one; numbers beyond Unicode, which stand for single bytes, as they are. */
    private static int folded(int character) {
        return character > Character.MAX_CODE_POINT
                ? character
                : Character.toLowerCase(Character.toUpperCase(character));
    }

    private boolean simulate(int[] text, int from, int to) {
        long[] now = new long[(steps.length >>> 6) + 1];
        long[] next = new long[now.length];
        reach(now, 0);
        for (int i = from; i < to; i++) {
            Arrays.fill(next, 0);
            boolean alive = false;
            for (int word = 0; word < now.length; word++) {
                for (long rest = now[word]; rest != 0; rest &= rest - 1) {
                    int at = (word << 6) + Long.numberOfTrailingZeros(rest);
                    alive |= at < steps.length && advance(at, text[i], next);
                }
            }
            if (!alive) {
                return false;
            }
            long[] spare = now;
            now = next;
            next = spare;
        }
        return isMarked(now, steps.length);
    }

    private boolean advance(int at, int character, long[] next) {
        Step step = steps[at];
        int to = switch (step.kind()) {
            case SET -> takes(step.set(), character) ? at + 1 : -1;
            case NAME_PART -> character == '/' ? -1 : at;
            case ANYTHING -> at;
            case OPTIONAL -> -1;
        };
        if (to >= 0) {
            reach(next, to);
        }
        return to >= 0;
    }

    private boolean takes(IntPredicate set, int character) {
        if (set.test(character)) {
            return true;
        }
        return anyCase
                && character <= Character.MAX_CODE_POINT
                && (set.test(Character.toLowerCase(character)) || set.test(Character.toUpperCase(character)));
    }

    private static boolean isMarked(long[] marks, int at) {
        return (marks[at >>> 6] & 1L << at) != 0;
    }

    /** Marks a step and those that are reached from it without taking a character. */
    private void reach(long[] marks, int from) {
        int at = from;
        while (!isMarked(marks, at)) {
            marks[at >>> 6] |= 1L << at;
            if (at == steps.length) {
                return;
            }
            switch (steps[at].kind()) {
                case NAME_PART, ANYTHING -> at++;
                case OPTIONAL -> {
                    reach(marks, at + 1);
                    at += 3;
                }
                case SET -> {
                    return;
                }
            }
        }
    }

    /** Turns a pattern's characters into steps, as git's {@code wildmatch.c} reads them. */
    private static final class Parser {
        private final int[] text;
        private final int start;
        private final int to;
        private final boolean hasFolders;
        private final String shown;
        private final List<Step> steps = new ArrayList<>();
        private int at;

        Parser(int[] text, int from, int to, boolean hasFolders, String shown) {
            this.text = text;
            this.start = from;
            this.at = from;
            this.to = to;
            this.hasFolders = hasFolders;
            this.shown = shown;
        }

        void run() {
            while (at < to) {
                int character = text[at];
                switch (character) {
                    case '*' -> stars();
                    case '?' -> {
                        steps.add(new Step(Kind.SET, c -> c != '/'));
                        at++;
                    }
                    case '[' -> set();
                    case '\\' -> {
                        literal(escaped(at + 1));
                        at += 2;
                    }
                    default -> {
                        literal(character);
                        at++;
                    }
                }
            }
        }

        private void literal(int character) {
            steps.add(new Step(Kind.SET, c -> c == character));
        }

        private int escaped(int index) {
            if (index >= to) {
                throw new IllegalArgumentException("pattern '%s' ends in a lone backslash".formatted(shown));
            }
            return text[index];
        }

        private void stars() {
            int first = at;
            while (at < to && text[at] == '*') {
                at++;
            }
            // Where a pattern's plain beginning ends is as good as behind a slash: so it is in git.
            boolean opens = first == start || text[first - 1] == '/';
            boolean folders = at - first > 1 && opens;
            if (folders && at < to && text[at] == '/') {
                steps.add(Step.of(Kind.OPTIONAL));
                steps.add(Step.of(Kind.ANYTHING));
            } else if (!hasFolders
                    || (folders && (at == to || (text[at] == '\\' && at + 1 < to && text[at + 1] == '/')))) {
                steps.add(Step.of(Kind.ANYTHING));
            } else {
                steps.add(Step.of(Kind.NAME_PART));
            }
        }

        /** A set: a first bracket is a member, a range needs both its ends, a class is a name between colons. */
        private void set() {
            int i = at + 1;
            boolean negated = i < to && (text[i] == '!' || text[i] == '^');
            i += negated ? 1 : 0;
            IntPredicate members = _ -> false;
            int before = 0;
            boolean first = true;
            while (first || member(i) != ']') {
                first = false;
                int character = member(i);
                if (character == '\\') {
                    int escaped = member(++i);
                    members = members.or(c -> c == escaped);
                    before = escaped;
                } else if (character == '-' && before != 0 && i + 1 < to && text[i + 1] != ']') {
                    i++;
                    int last = text[i] == '\\' ? member(++i) : text[i];
                    int from = before;
                    members = members.or(c -> from <= c && c <= last);
                    before = 0;
                } else if (character == '[' && i + 1 < to && text[i + 1] == ':' && classEnd(i + 2) > 0) {
                    int end = classEnd(i + 2);
                    members = members.or(CharacterClass.named(new String(text, i + 2, end - i - 2), shown));
                    i = end + 1;
                    before = 0;
                } else {
                    members = members.or(c -> c == character);
                    before = character;
                }
                i++;
            }
            IntPredicate all = members;
            steps.add(new Step(Kind.SET, c -> c != '/' && all.test(c) != negated));
            at = i + 1;
        }

        private int member(int index) {
            if (index >= to) {
                throw new IllegalArgumentException("pattern '%s' has a bracket that is not closed".formatted(shown));
            }
            return text[index];
        }

        /** Where the colon stands that, before the next bracket, ends a class; -1 if there is none. */
        private int classEnd(int from) {
            int i = from;
            while (member(i) != ']') {
                i++;
            }
            return i > from && text[i - 1] == ':' ? i - 1 : -1;
        }
    }
}
