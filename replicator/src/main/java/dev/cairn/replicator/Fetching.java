package dev.cairn.replicator;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.replicator.protocol.RecordDigest;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A fetch under way: what it names, what of it has not come, and whether something came that cannot be used now. */
final class Fetching {

    final Set<ObjectId> asked;
    final Set<ObjectId> outstanding;

    /** What the peer knows to be refused. */
    private final Set<RecordDigest> refused;

    private long bytes;

    /** Whether a record came that is asked for again, once what it builds on is here. */
    boolean unusable;

    /** Whether anything came that brings the pull on. */
    boolean useful;

    Fetching(Set<ObjectId> asked, List<RecordDigest> refused) {
        this.asked = asked;
        this.refused = Set.copyOf(refused);
        this.outstanding = new LinkedHashSet<>(asked);
    }

    /** Makes sure that a record was asked for. */
    void require(List<ProvidedObject> provided) {
        if (provided.stream().noneMatch(object -> asked.contains(object.id()))) {
            throw new RemoteException.PeerMisbehaved("a record that was not asked for", null);
        }
    }

    /** Whether the peer sent a record that was refused before it could know. */
    boolean isRefusedMeanwhile(byte[] record, Refusals refusals) {
        return !refusals.isEmpty() && refusals.contains(record) && !refused.contains(RecordDigest.of(record));
    }

    /** A record came. */
    void came(byte[] record) {
        bytes += record.length;
    }

    /** How many bytes are still to come, if the rest is like what came; the most there are if nothing did. */
    long bytesLeft() {
        int come = asked.size() - outstanding.size();
        return come == 0 ? Long.MAX_VALUE : (long) ((double) bytes / come * outstanding.size());
    }
}
