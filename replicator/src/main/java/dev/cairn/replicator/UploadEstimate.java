package dev.cairn.replicator;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.StoreStats;
import java.util.Collection;
import java.util.List;

/**
 * How much an upload is likely to send, for a person who waits. Records are stored in the order in which they came to be, so what was stored
 * between a snapshot that the other side has and one that it lacks is about what the one needs beyond the other. Nothing relies on it: what
 * other branches stored in between counts too, and a collection that moved records makes it wrong. Cost: an index read a snapshot.
 */
final class UploadEstimate {

    private UploadEstimate() {}

    /** Bytes of records; 0 where nothing tells. */
    static long bytes(ObjectStore store, Collection<ObjectId> want, Collection<ObjectId> have) {
        StoreStats stats = store.stats();
        long records = newest(store, want) - newest(store, have);
        return records <= 0 || stats.records() == 0
                ? 0
                : (long) ((double) stats.recordBytes() / stats.records() * Math.min(records, stats.records()));
    }

    /** The place of the newest of these snapshots in the order of storing; -1 if none is here. */
    private static long newest(ObjectStore store, Collection<ObjectId> snapshots) {
        long newest = -1;
        for (ObjectId snapshot : snapshots) {
            List<RecordRef> providers = store.providers(snapshot);
            if (!providers.isEmpty()) {
                newest = Math.max(newest, providers.getFirst().sequence());
            }
        }
        return newest;
    }
}
