package dev.cairn.replicator;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.Note;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RetainedSnapshot;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells forward from backward without a key: by the clear headers of snapshots that are there, by the notes that forget others,
 * and by what a client says of snapshots that are neither. Nothing is lost by believing it: whoever uploads a snapshot names
 * its parents himself, and where a branch was before stays retained.
 */
final class Forwardness {

    /** The most snapshots that are looked at. */
    private static final int HISTORY_MAX = 1 << 20;

    private final ObjectStore store;
    private final StoredObjects objects;
    private final Map<ObjectId, RetainedSnapshot> bridges = new HashMap<>();

    Forwardness(ObjectStore store, List<RetainedSnapshot> bridges) {
        this.store = store;
        this.objects = new StoredObjects(store);
        bridges.forEach(bridge -> this.bridges.put(bridge.snapshot(), bridge));
    }

    /** Whether {@code from}, which must be there, is {@code to} or among its ancestors. */
    boolean holds(ObjectId from, ObjectId to) {
        if (!objects.has(from)) {
            return false;
        }
        RetainedSnapshot oldest = find(from);
        Deque<ObjectId> open = new ArrayDeque<>(List.of(to));
        Set<ObjectId> seen = new HashSet<>(open);
        for (ObjectId id = open.poll(); id != null && seen.size() <= HISTORY_MAX; id = open.poll()) {
            if (id.equals(from)) {
                return true;
            }
            RetainedSnapshot snapshot = find(id);
            // A sequence is above that of every parent: below this one there is nothing to find.
            if (snapshot != null && oldest != null && snapshot.sequence() > oldest.sequence()) {
                snapshot.parents().stream().filter(seen::add).forEach(open::add);
            }
        }
        return false;
    }

    private @Nullable RetainedSnapshot find(ObjectId id) {
        if (!objects.has(id)) {
            return store.notes(id).forgetting().map(Note::lineage).orElse(bridges.get(id));
        }
        RecordHeader header =
                objects.find(id, Set.of(RecordKind.SNAPSHOT)).record().header();
        if (header.lineage() == null) {
            throw new CorruptDataException("object " + id, "a snapshot", "something else");
        }
        return RetainedSnapshot.of(header);
    }
}
