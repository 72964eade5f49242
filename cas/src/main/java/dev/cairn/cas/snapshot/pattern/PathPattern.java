package dev.cairn.cas.snapshot.pattern;

/**
 * A pattern of paths, in the language of gitignore.
 *
 * <ul>
 *   <li>Without a slash (but at its end) it is compared with the last name of a path, else with the whole path from its base on; a
 *       slash at its beginning only says that it means the whole path.
 *   <li>{@code *} stands for any run of characters but slashes, {@code ?} for one character but a slash, {@code [a-z]} and
 *       {@code [!a-z]} for one out of (not out of) a set, {@code [[:digit:]]} for one of a class.
 *   <li>{@code **}{@code /} at the beginning or behind a slash stands for any number of folders, none included; {@code /**} at the end for
 *       all that is within. Elsewhere two stars are as one.
 *   <li>A slash at its end makes it match folders only.
 *   <li>A backslash takes the special meaning off the next character.
 * </ul>
 *
 * <p>One thing is not as in git: where names are UTF-8, {@code ?} and sets take a character, not a byte. Immutable.
 */
public final class PathPattern {

    /** The longest pattern, in bytes. */
    public static final int BYTES_MAX = 4096;

    private final Glob glob;
    private final boolean wholePath;
    private final boolean foldersOnly;

    private PathPattern(Glob glob, boolean wholePath, boolean foldersOnly) {
        this.glob = glob;
        this.wholePath = wholePath;
        this.foldersOnly = foldersOnly;
    }

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException with a sentence for the user if it is too long, or no path can match it: it names nothing, ends
     *     in a lone backslash, has a bracket that is not closed or a class that is not known
     */
    public static PathPattern parse(byte[] pattern) {
        return parse(pattern, false);
    }

    /** As {@link #parse(byte[])}; {@code anyCase}: letters stand for themselves in upper and lower case. */
    public static PathPattern parse(byte[] pattern, boolean anyCase) {
        String shown = CharacterRun.shown(pattern);
        if (pattern.length > BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a pattern has %d bytes, more than %d: %.60s...".formatted(pattern.length, BYTES_MAX, shown));
        }
        int[] text = CharacterRun.of(pattern);
        int from = 0;
        int to = text.length;
        boolean foldersOnly = to > 0 && text[to - 1] == '/';
        to -= foldersOnly ? 1 : 0;
        boolean wholePath = false;
        for (int i = from; i < to; i++) {
            wholePath |= text[i] == '/';
        }
        from += wholePath && text[0] == '/' ? 1 : 0;
        if (from == to) {
            throw new IllegalArgumentException("pattern '%s' names nothing".formatted(shown));
        }
        return new PathPattern(Glob.parse(text, from, to, wholePath, anyCase, shown), wholePath, foldersOnly);
    }

    /**
     * Whether the pattern stands for a path.
     *
     * @param base where the path begins as this pattern sees it: see {@link PathCharacters#startBelow}
     * @param folder whether a folder stands there
     */
    public boolean matches(PathCharacters path, int base, boolean folder) {
        return (folder || !foldersOnly)
                && glob.matches(path.characters(), wholePath ? base : path.nameStart(), path.length());
    }
}
