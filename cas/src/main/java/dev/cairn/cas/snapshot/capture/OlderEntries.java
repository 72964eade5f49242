package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryChunks;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.MerkleMap;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.base.OldPages;
import java.util.Collections;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The previous snapshot as far as it can be read. What damage has taken from it counts as never captured: it is read anew, and
 * so the repository gets it back. For one thread.
 */
final class OlderEntries implements AutoCloseable {

    private final ObjectStore store;
    private final ObjectSource objects;
    private final OldPages pages;
    private final Cancellation cancellation;
    private final @Nullable ObjectId manifest;
    private final @Nullable MerkleMap<Entry> map;

    /** Whether any record is noted as damaged: else everything that is referred to is there. */
    private final boolean isDamageNoted;

    private final AtomicLong lostPages = new AtomicLong();

    /** Null until {@link #iterator}, and where there is one processor only. */
    private @Nullable EntriesAhead ahead;

    /**
     * @param objects what {@code pages} reads from
     * @param manifest of the previous snapshot, null if there is none
     */
    OlderEntries(
            ObjectStore store,
            ObjectSource objects,
            OldPages pages,
            Cancellation cancellation,
            @Nullable ObjectId manifest) {
        this.store = store;
        this.objects = objects;
        this.pages = pages;
        this.cancellation = cancellation;
        this.manifest = manifest;
        this.isDamageNoted = store.notedCount() > 0;
        this.map = manifest == null ? null : MerkleMap.ofEntries(manifest, pages);
    }

    /** All entries in path order, without those of pages that cannot be read. Once only. */
    Iterator<Entry> iterator() {
        ObjectId root = manifest;
        if (root == null) {
            return Collections.emptyIterator();
        }
        try {
            if (Runtime.getRuntime().availableProcessors() == 1) {
                return readable(root, pages);
            }
            ahead = new EntriesAhead(source -> readable(root, source), objects, pages, cancellation);
            return ahead;
        } catch (CorruptDataException e) {
            lostPages.incrementAndGet();
            return Collections.emptyIterator();
        }
    }

    private Iterator<Entry> readable(ObjectId root, ObjectSource source) {
        return MerkleMap.ofEntries(root, source).readable(_ -> lostPages.incrementAndGet());
    }

    /** The entry at a path; null if there is none that can be read. */
    @Nullable
    Entry at(EntryPath path) {
        try {
            return map == null ? null : map.get(path).orElse(null);
        } catch (CorruptDataException e) {
            return null;
        }
    }

    /** Whether all that an entry is made of is there. Looks only where damage is noted; costs a look-up a chunk then. */
    boolean isWhole(Entry entry) {
        if (!isDamageNoted) {
            return true;
        }
        try {
            boolean[] whole = {true};
            EntryChunks.forEachWindow(
                    entry, pages, chunks -> whole[0] &= store.missing(chunks).isEmpty());
            return whole[0];
        } catch (CorruptDataException e) {
            return false;
        }
    }

    /** How many pages could not be read. */
    long lostPages() {
        return lostPages.get();
    }

    /** Ends the reading. Idempotent. */
    @Override
    public void close() {
        if (ahead != null) {
            ahead.close();
        }
    }
}
