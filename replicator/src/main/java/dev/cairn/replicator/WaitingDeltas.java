package dev.cairn.replicator;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.SealedRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Deltas of a pull that came before what they build on. At most {@value #BYTES_MAX} bytes of them. Not thread-safe. */
final class WaitingDeltas {

    /** The most bytes of deltas that wait; others are fetched again. */
    private static final int BYTES_MAX = 8 << 20;

    private List<Delta> deltas = new ArrayList<>();

    /** What those provide that wait: nobody need ask for it. */
    private final Set<ObjectId> held = new HashSet<>();

    private long bytes;

    /** A delta, and what lacked that it provides. */
    record Delta(SealedRecord record, Set<ObjectId> wanted) {}

    /** Keeps a delta until its bases are here; false if there is no room for it. */
    boolean hold(SealedRecord record, Set<ObjectId> wanted) {
        if (bytes + record.bytes().length > BYTES_MAX) {
            return false;
        }
        deltas.add(new Delta(record, wanted));
        bytes += record.bytes().length;
        record.header().provided().forEach(object -> held.add(object.id()));
        return true;
    }

    /** Whether one that waits provides {@code id}. */
    boolean provides(ObjectId id) {
        return held.contains(id);
    }

    boolean isEmpty() {
        return deltas.isEmpty();
    }

    int size() {
        return deltas.size();
    }

    /** Hands over all of them. */
    List<Delta> takeAll() {
        List<Delta> taken = deltas;
        deltas = new ArrayList<>();
        held.clear();
        bytes = 0;
        return taken;
    }
}
