package dev.cairn.cas.snapshot.capture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a capture leaves out: patterns, one of which is enough. What stands below a folder that is left out is not looked at.
 *
 * <p>A pattern without a slash is compared with the last name of a path, any other with the whole path in the snapshot. {@code
 * *} and {@code ?} do not cross slashes, {@code **} does; {@code [...]} is a set; a slash at the end means folders only; a
 * backslash makes the next character plain. Matching takes time in proportion to path and pattern, for any pattern. Immutable.
 */
public final class Excludes {

    /** Leaves nothing out. */
    public static final Excludes NONE = new Excludes(List.of());

    /** The most patterns. */
    public static final int PATTERNS_MAX = 10_000;

    private final List<Glob> globs;

    private Excludes(List<Glob> globs) {
        this.globs = globs;
    }

    /**
     * Reads patterns.
     *
     * @throws IllegalArgumentException with a sentence for the user if one is not a pattern, or there are too many
     */
    public static Excludes of(List<byte[]> patterns) {
        if (patterns.size() > PATTERNS_MAX) {
            throw new IllegalArgumentException(
                    "%d exclude patterns are more than %d".formatted(patterns.size(), PATTERNS_MAX));
        }
        return patterns.isEmpty()
                ? NONE
                : new Excludes(patterns.stream().map(Glob::parse).toList());
    }

    /**
     * The patterns in the bytes of a file: one a line; empty lines and lines that begin with {@code #} are skipped, a carriage
     * return at the end of a line is dropped.
     */
    public static List<byte[]> lines(byte[] file) {
        List<byte[]> patterns = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= file.length; i++) {
            if (i == file.length || file[i] == '\n') {
                int end = i > start && file[i - 1] == '\r' ? i - 1 : i;
                if (end > start && file[start] != '#') {
                    patterns.add(Arrays.copyOfRange(file, start, end));
                }
                start = i + 1;
            }
        }
        return patterns;
    }

    /**
     * Whether the path is left out by itself; whether a folder above it is, is not looked at.
     *
     * @param path the path in the snapshot, without a slash at either end
     * @param folder whether a folder stands there
     */
    public boolean matches(byte[] path, boolean folder) {
        if (globs.isEmpty()) {
            return false;
        }
        int[] whole = CharacterRun.of(path);
        int nameFrom = whole.length;
        while (nameFrom > 0 && whole[nameFrom - 1] != '/') {
            nameFrom--;
        }
        int[] name = nameFrom == 0 ? whole : Arrays.copyOfRange(whole, nameFrom, whole.length);
        for (Glob glob : globs) {
            if (glob.matches(whole, name, folder)) {
                return true;
            }
        }
        return false;
    }

    /** Whether nothing is left out. */
    public boolean isEmpty() {
        return globs.isEmpty();
    }
}
