package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryChunks;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.MerkleMap;
import java.util.Collections;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The previous snapshot as far as it can be read. What damage has taken from it counts as never captured: it is read anew, and
 * so the repository gets it back. For one thread.
 */
final class OlderEntries {

    private final ObjectStore store;
    private final ObjectSource objects;
    private final @Nullable MerkleMap<Entry> map;

    /** Whether any record is noted as damaged: else everything that is referred to is there. */
    private final boolean isDamageNoted;

    private long lostPages;

    /** @param manifest of the previous snapshot, null if there is none */
    OlderEntries(ObjectStore store, ObjectSource objects, @Nullable ObjectId manifest) {
        this.store = store;
        this.objects = objects;
        this.isDamageNoted = store.notedCount() > 0;
        this.map = manifest == null ? null : MerkleMap.ofEntries(manifest, objects);
    }

    /** All entries in path order, without those of pages that cannot be read. */
    Iterator<Entry> iterator() {
        if (map == null) {
            return Collections.emptyIterator();
        }
        try {
            return map.readable(_ -> lostPages++);
        } catch (CorruptDataException e) {
            lostPages++;
            return Collections.emptyIterator();
        }
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
                    entry, objects, chunks -> whole[0] &= store.missing(chunks).isEmpty());
            return whole[0];
        } catch (CorruptDataException e) {
            return false;
        }
    }

    /** How many pages could not be read. */
    long lostPages() {
        return lostPages;
    }
}
