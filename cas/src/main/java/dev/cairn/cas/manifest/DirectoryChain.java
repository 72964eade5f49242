package dev.cairn.cas.manifest;

import org.jspecify.annotations.Nullable;

/**
 * Checks, entry by entry in the order of paths, that each stands in a directory that came before it. Holds one path: as paths
 * come depth first, the directories that are still open are that path and its ancestors.
 */
final class DirectoryChain {

    private final EntryPath top;
    private @Nullable EntryPath deepest;

    /** Where the first entry must be {@code top}. */
    DirectoryChain(EntryPath top) {
        this.top = top;
    }

    /**
     * The uppermost directory that {@code entry}, which comes next, stands in or is, at or below the top, and that did not come;
     * null if none is missing, or if it does not belong here at all.
     */
    @Nullable
    EntryPath missing(Entry entry) {
        EntryPath path = entry.path();
        EntryPath parent = path.parent();
        if (deepest == null) {
            return path.equals(top) || !path.startsWith(top) ? null : top;
        }
        if (parent == null || !parent.startsWith(top) || path.compareTo(deepest) <= 0) {
            return null;
        }
        EntryPath missing = null;
        for (EntryPath above = parent; above != null && !deepest.startsWith(above); above = above.parent()) {
            missing = above;
        }
        return missing;
    }

    /** What is wrong with the place of {@code entry}, which comes next; null if nothing is. */
    @Nullable
    String fault(Entry entry) {
        EntryPath path = entry.path();
        EntryPath parent = path.parent();
        if (deepest == null) {
            if (!path.equals(top)) {
                return "%s comes first, where %s must".formatted(path, top);
            }
            deepest = entry.isDirectory() || parent == null ? path : parent;
            return null;
        }
        if (parent == null || !deepest.startsWith(parent) || !parent.startsWith(top)) {
            return "%s stands in no directory".formatted(path);
        }
        deepest = entry.isDirectory() ? path : parent;
        return null;
    }
}
