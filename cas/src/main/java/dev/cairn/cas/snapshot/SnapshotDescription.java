package dev.cairn.cas.snapshot;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/**
 * What a snapshot says of itself, for people: where and when it was taken, and of what.
 *
 * @param time when it was taken
 * @param paths absolute source paths as the system names them, not always UTF-8; not copied
 * @param unreadable how many files could not be read, so that their absence is not taken for deletion
 * @param program the program that made it
 */
public record SnapshotDescription(
        Instant time,
        String host,
        String user,
        List<byte[]> paths,
        List<String> tags,
        Totals totals,
        long unreadable,
        String program) {

    /** The most source paths. */
    public static final int PATHS_MAX = 4096;

    /** The longest source path, in bytes. */
    public static final int PATH_BYTES_MAX = 4096;

    /** The most tags. */
    public static final int TAGS_MAX = 256;

    /** The longest tag, host, user or program, in bytes of UTF-8. */
    public static final int TEXT_BYTES_MAX = 1024;

    /**
     * What the manifest holds.
     *
     * @param files files of any kind but folders
     * @param bytes their lengths, holes included
     */
    public record Totals(long files, long directories, long bytes) {
        public Totals {
            if (files < 0 || directories < 0 || bytes < 0) {
                throw new IllegalArgumentException(
                        "totals must not be negative: %d, %d, %d".formatted(files, directories, bytes));
            }
        }
    }

    public SnapshotDescription {
        paths = List.copyOf(paths);
        tags = List.copyOf(tags);
        requireAtMost(PATHS_MAX, paths.size(), "paths");
        requireAtMost(TAGS_MAX, tags.size(), "tags");
        paths.forEach(path -> requireAtMost(PATH_BYTES_MAX, path.length, "bytes of a path"));
        tags.forEach(tag -> requireText(tag, "a tag"));
        requireText(host, "the host");
        requireText(user, "the user");
        requireText(program, "the program");
        if (unreadable < 0) {
            throw new IllegalArgumentException("unreadable (%d) must not be negative".formatted(unreadable));
        }
    }

    private static void requireText(String text, String what) {
        requireAtMost(TEXT_BYTES_MAX, text.getBytes(StandardCharsets.UTF_8).length, "bytes of " + what);
    }

    private static void requireAtMost(int max, int actual, String what) {
        if (actual > max) {
            throw new IllegalArgumentException("%s (%d) must be <= %d".formatted(what, actual, max));
        }
    }
}
