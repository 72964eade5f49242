package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import java.util.Iterator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The entries of the previous snapshot, passed once from front to back beside a walk. For one thread. */
final class PreviousEntries {
    private final Iterator<Entry> entries;
    private final Consumer<Entry> deleted;
    private @Nullable Entry next;

    /**
     * @param entries in path order
     * @param deleted hears of every entry that was passed over
     */
    PreviousEntries(Iterator<Entry> entries, Consumer<Entry> deleted) {
        this.entries = entries;
        this.deleted = deleted;
        this.next = entries.hasNext() ? entries.next() : null;
    }

    /** The entry at {@code path}, null if there was none. Passes over what stands before it. */
    @Nullable
    Entry take(EntryPath path) {
        passOver(path);
        return next != null && next.path().equals(path) ? advance() : null;
    }

    /** The next entry at or beneath {@code path}, null if there is none left. Passes over what stands before. */
    @Nullable
    Entry takeBeneath(EntryPath path) {
        passOver(path);
        return next != null && next.path().startsWith(path) ? advance() : null;
    }

    /** Whether there is an entry left at or beneath {@code path}. Passes over what stands before. */
    boolean hasBeneath(EntryPath path) {
        passOver(path);
        return next != null && next.path().startsWith(path);
    }

    /** Passes over all that is left. */
    void passOverRest() {
        while (next != null) {
            deleted.accept(next);
            advance();
        }
    }

    private void passOver(EntryPath path) {
        while (next != null && next.path().compareTo(path) < 0) {
            deleted.accept(next);
            advance();
        }
    }

    private @Nullable Entry advance() {
        Entry taken = next;
        next = entries.hasNext() ? entries.next() : null;
        return taken;
    }
}
