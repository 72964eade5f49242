package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.posix.RawName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a capture leaves out. What stands below a folder that is left out is not looked at, so nothing in it can be kept again.
 *
 * <p>Rules are gitignore's, see {@link dev.cairn.cas.snapshot.pattern.PathPattern}; a path of the snapshot is what they are compared
 * with. Rules in files named {@value #RULES_FILE} hold for the folder that the file stands in, and below; the one nearest to a path
 * decides, but those that were given with the capture come before all of them. A source that was named is never left out itself.
 *
 * <p>Immutable.
 */
public final class Excludes {

    /** The file in which a folder says what is to be left out of it. */
    public static final String RULES_FILE = ".cairnignore";

    /** The most rules that are in force at one path, those of all folders above it together. */
    public static final int RULES_MAX = 10_000;

    /** The longest file of rules, in bytes. */
    public static final int RULES_BYTES_MAX = 1 << 20;

    /** Leaves nothing out, whatever files of rules say. */
    public static final Excludes NONE = new Excludes(ExcludeRules.NONE, false, List.of(), Long.MAX_VALUE);

    /** What a {@code CACHEDIR.TAG} begins with (Bryan Ford, "Cache Directory Tagging Specification", 2004). */
    private static final String CACHE_SIGNATURE = "Signature: 8a477f597d28d172789f06886806bc55";

    private final ExcludeRules rules;
    private final boolean rulesFiles;
    private final List<Mark> marks;
    private final long fileBytesMax;

    /** A file that leaves out what stands beside it, if it begins like this. */
    record Mark(byte[] name, byte[] beginning) {}

    private Excludes(ExcludeRules rules, boolean rulesFiles, List<Mark> marks, long fileBytesMax) {
        if (rules.size() > RULES_MAX) {
            throw new IllegalArgumentException(
                    "%d exclude patterns are more than %d".formatted(rules.size(), RULES_MAX));
        }
        this.rules = rules;
        this.rulesFiles = rulesFiles;
        this.marks = List.copyOf(marks);
        this.fileBytesMax = fileBytesMax;
    }

    /**
     * Leaves out what patterns mean; {@code !} before one keeps what an earlier one left out.
     *
     * @throws IllegalArgumentException with a sentence for the user if one is not a pattern, or there are too many
     */
    public static Excludes of(List<byte[]> patterns) {
        return NONE.with(ExcludeRules.of(patterns));
    }

    /**
     * Adds the rules in a file, which decide before those that are there.
     *
     * @param file its bytes
     * @param name of the file, for messages
     * @throws IllegalArgumentException with a sentence for the user if a line is not a pattern, or there are too many
     */
    public Excludes withFile(byte[] file, String name) {
        return with(ExcludeRules.ofLines(file, (line, reason) -> {
            throw new IllegalArgumentException("%s, line %d: %s".formatted(name, line, reason));
        }));
    }

    /** Adds patterns, which decide before what is there. */
    public Excludes withPatterns(List<byte[]> patterns) {
        return with(ExcludeRules.of(patterns));
    }

    private Excludes with(ExcludeRules more) {
        return new Excludes(rules.with(more), rulesFiles, marks, fileBytesMax);
    }

    /** Follows the rules that stand in files of folders, too. */
    public Excludes withRulesFiles() {
        return new Excludes(rules, true, marks, fileBytesMax);
    }

    /** Leaves out what stands in folders that say they are caches by a {@code CACHEDIR.TAG}; the folder and the tag stay. */
    public Excludes withoutCaches() {
        return withoutMarked(new Mark(RawName.of("CACHEDIR.TAG"), RawName.of(CACHE_SIGNATURE)));
    }

    /** Leaves out what stands in folders with something of this name; the folder and what has the name stay. */
    public Excludes withoutFoldersWith(byte[] name) {
        if (!RawName.isValid(name)) {
            throw new IllegalArgumentException("'%s' is not the name of a file".formatted(RawName.display(name)));
        }
        return withoutMarked(new Mark(name.clone(), new byte[0]));
    }

    private Excludes withoutMarked(Mark mark) {
        List<Mark> all = new ArrayList<>(marks);
        all.add(mark);
        return new Excludes(rules, rulesFiles, all, fileBytesMax);
    }

    /** Leaves out regular files of more than {@code bytes}. */
    public Excludes withoutLargerThan(long bytes) {
        return new Excludes(rules, rulesFiles, marks, Math.min(bytes, fileBytesMax));
    }

    ExcludeRules rules() {
        return rules;
    }

    boolean followsRulesFiles() {
        return rulesFiles;
    }

    List<Mark> marks() {
        return marks;
    }

    long fileBytesMax() {
        return fileBytesMax;
    }

    /** Whether a file of marks begins as it must. */
    static boolean begins(byte[] beginning, byte[] read, int length) {
        return length >= beginning.length && Arrays.equals(beginning, 0, beginning.length, read, 0, beginning.length);
    }
}
