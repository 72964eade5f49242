package dev.cairn.cas.snapshot.capture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One exclude pattern: which paths of a snapshot it stands for.
 *
 * <ul>
 *   <li>Without a slash (but at its end) it is compared with the last name of a path, else with the whole path; a slash at its
 *       beginning only says that it means the whole path.
 *   <li>{@code *} stands for any run of characters but slashes, {@code ?} for one character but a slash, {@code [a-z]} and
 *       {@code [!a-z]} for one out of (not out of) a set; {@code **} also crosses slashes, and {@code **}{@code /} as a whole
 *       component stands for any number of folders, none included.
 *   <li>A slash at its end makes it match folders only.
 *   <li>A backslash takes the special meaning off the next character. A bracket that is not closed stands for itself.
 * </ul>
 *
 * <p>Names are bytes: a well-formed UTF-8 sequence is one character, any other byte is one of its own. Matching simulates all
 * alternatives at once (Thompson, "Regular Expression Search Algorithm", CACM 1968): its cost is the length of the path times
 * that of the pattern at most, whatever the pattern. Immutable.
 */
final class Glob {

    /** The longest pattern, in bytes. */
    static final int PATTERN_BYTES_MAX = 4096;

    private static final int[] NO_RANGES = {};

    private enum Kind {
        /** One character out of a set. */
        SET,
        /** Any run of characters but slashes. */
        NAME_PART,
        /** Any run of characters. */
        ANYTHING,
        /** Any number of folders: where a component begins. */
        FOLDERS,
        /** Within a component that {@link #FOLDERS}, the step before, began. */
        FOLDERS_INSIDE
    }

    /** @param ranges pairs of first and last character, for a set */
    private record Step(Kind kind, boolean negated, int[] ranges) {

        static Step of(Kind kind) {
            return new Step(kind, false, NO_RANGES);
        }

        static Step literal(int character) {
            return new Step(Kind.SET, false, new int[] {character, character});
        }

        boolean takes(int character) {
            if (character == '/' && (negated || ranges.length > 2)) {
                return false;
            }
            boolean found = false;
            for (int i = 0; i < ranges.length && !found; i += 2) {
                found = ranges[i] <= character && character <= ranges[i + 1];
            }
            return found != negated;
        }
    }

    private final Step[] steps;
    private final boolean wholePath;
    private final boolean foldersOnly;

    private Glob(List<Step> steps, boolean wholePath, boolean foldersOnly) {
        this.steps = steps.toArray(Step[]::new);
        this.wholePath = wholePath;
        this.foldersOnly = foldersOnly;
    }

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException with a sentence for the user if it is empty, too long, ends in a lone backslash or begins
     *     with an exclamation mark, which is kept for exceptions from a rule
     */
    static Glob parse(byte[] pattern) {
        String shown = CharacterRun.shown(pattern);
        if (pattern.length > PATTERN_BYTES_MAX) {
            throw new IllegalArgumentException("an exclude pattern has %d bytes, more than %d: %.60s..."
                    .formatted(pattern.length, PATTERN_BYTES_MAX, shown));
        }
        int[] text = CharacterRun.of(pattern);
        if (text.length > 0 && text[0] == '!') {
            throw new IllegalArgumentException(
                    "exclude pattern '%s': exceptions with '!' are not supported; write '\\!' for a name"
                            .formatted(shown));
        }
        int from = 0;
        int to = text.length;
        boolean anchored = false;
        boolean foldersOnly = false;
        while (to > from && text[to - 1] == '/') {
            to--;
            foldersOnly = true;
        }
        while (from < to && text[from] == '/') {
            from++;
            anchored = true;
        }
        if (from == to) {
            throw new IllegalArgumentException("exclude pattern '%s' names nothing".formatted(shown));
        }
        List<Step> steps = new Parser(text, from, to, shown).steps();
        boolean wholePath = anchored;
        for (int i = from; i < to; i++) {
            wholePath |= text[i] == '/';
        }
        return new Glob(steps, wholePath, foldersOnly);
    }

    /** Whether the pattern stands for the path whose characters are {@code path}, and whose last name {@code name}. */
    boolean matches(int[] path, int[] name, boolean folder) {
        return (folder || !foldersOnly) && matches(wholePath ? path : name);
    }

    private boolean matches(int[] text) {
        boolean[] now = new boolean[steps.length + 1];
        boolean[] next = new boolean[steps.length + 1];
        reach(now, 0);
        for (int character : text) {
            Arrays.fill(next, false);
            boolean alive = false;
            for (int i = 0; i < steps.length; i++) {
                if (now[i]) {
                    alive |= advance(i, character, next);
                }
            }
            if (!alive) {
                return false;
            }
            boolean[] spare = now;
            now = next;
            next = spare;
        }
        return now[steps.length];
    }

    private boolean advance(int at, int character, boolean[] next) {
        Step step = steps[at];
        int to = switch (step.kind()) {
            case SET -> step.takes(character) ? at + 1 : -1;
            case NAME_PART -> character == '/' ? -1 : at;
            case ANYTHING -> at;
            case FOLDERS -> character == '/' ? -1 : at + 1;
            case FOLDERS_INSIDE -> character == '/' ? at - 1 : at;
        };
        if (to >= 0) {
            reach(next, to);
        }
        return to >= 0;
    }

    /** Marks a step and those that are reached from it without taking a character. */
    private void reach(boolean[] marks, int from) {
        int at = from;
        while (!marks[at]) {
            marks[at] = true;
            if (at == steps.length) {
                return;
            }
            switch (steps[at].kind()) {
                case NAME_PART, ANYTHING -> at++;
                case FOLDERS -> at += 2;
                case SET, FOLDERS_INSIDE -> {
                    return;
                }
            }
        }
    }

    /** Turns a pattern's characters into steps. */
    private static final class Parser {
        private final int[] text;
        private final int to;
        private final String shown;
        private final List<Step> steps = new ArrayList<>();
        private int at;

        Parser(int[] text, int from, int to, String shown) {
            this.text = text;
            this.at = from;
            this.to = to;
            this.shown = shown;
        }

        List<Step> steps() {
            boolean componentStart = true;
            while (at < to) {
                int character = text[at];
                boolean slash = character == '/';
                switch (character) {
                    case '*' -> slash = stars(componentStart);
                    case '?' -> {
                        steps.add(new Step(Kind.SET, true, NO_RANGES));
                        at++;
                    }
                    case '[' -> set();
                    case '\\' -> {
                        if (at + 1 == to) {
                            throw new IllegalArgumentException(
                                    "exclude pattern '%s' ends in a lone backslash".formatted(shown));
                        }
                        steps.add(Step.literal(text[at + 1]));
                        at += 2;
                    }
                    default -> {
                        if (!(slash && componentStart)) {
                            steps.add(Step.literal(character));
                        }
                        at++;
                    }
                }
                componentStart = slash;
            }
            return steps;
        }

        /** Returns whether a component begins behind the stars. */
        private boolean stars(boolean componentStart) {
            int from = at;
            while (at < to && text[at] == '*') {
                at++;
            }
            if (at - from == 1) {
                steps.add(Step.of(Kind.NAME_PART));
                return false;
            }
            if (componentStart && at < to && text[at] == '/') {
                steps.add(Step.of(Kind.FOLDERS));
                steps.add(Step.of(Kind.FOLDERS_INSIDE));
                at++;
                return true;
            }
            steps.add(Step.of(Kind.ANYTHING));
            return false;
        }

        private void set() {
            int end = setEnd();
            if (end < 0) {
                steps.add(Step.literal('['));
                at++;
                return;
            }
            int i = at + 1;
            boolean negated = text[i] == '!' || text[i] == '^';
            i += negated ? 1 : 0;
            List<Integer> ranges = new ArrayList<>();
            while (i < end) {
                i += text[i] == '\\' ? 1 : 0;
                int first = text[i++];
                int last = first;
                if (i + 1 < end && text[i] == '-') {
                    i += text[i + 1] == '\\' ? 2 : 1;
                    last = text[i++];
                }
                ranges.add(first);
                ranges.add(last);
            }
            // A set never takes a slash; the empty pair at the end says so for sets of one range too.
            ranges.add(1);
            ranges.add(0);
            steps.add(new Step(
                    Kind.SET,
                    negated,
                    ranges.stream().mapToInt(Integer::intValue).toArray()));
            at = end + 1;
        }

        /** Where the set that begins at {@link #at} is closed, or -1. A bracket that comes first is a member. */
        private int setEnd() {
            int i = at + 1;
            if (i < to && (text[i] == '!' || text[i] == '^')) {
                i++;
            }
            int first = i;
            while (i < to && text[i] != '/') {
                if (text[i] == ']' && i > first) {
                    return i;
                }
                i += text[i] == '\\' ? 2 : 1;
            }
            return -1;
        }
    }
}
