package dev.cairn.replicator;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.RecordDigest;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A fetch under way: what it names, what of it has not come, and whether something came that cannot be used now. Takes the
 * answer as it comes and hands its records on. Not thread-safe.
 */
final class Fetching implements Exchange.Continuation {

    /** Who asked. */
    interface Asker {

        /** Takes a record that came. */
        void receive(byte[] record, Fetching fetching);

        /**
         * The answer has ended, or broke off.
         *
         * @param inVain whether it is whole and brought nothing
         */
        void land(Fetching fetching, boolean inVain);
    }

    final Set<ObjectId> asked;
    final Set<ObjectId> outstanding;

    private final Refusals refusals;

    /** What the peer knows to be refused. */
    private final Set<RecordDigest> refused;

    private final String what;
    private final Asker asker;
    private long bytes;

    /** Whether a record came that is asked for again, once what it builds on is here. */
    boolean unusable;

    /** Whether anything came that brings the pull on. */
    boolean useful;

    /** @param what the objects are called in a message */
    Fetching(Set<ObjectId> asked, Refusals refusals, String what, Asker asker) {
        this.asked = asked;
        this.refusals = refusals;
        this.refused = new LinkedHashSet<>(refusals.list());
        this.what = what;
        this.asker = asker;
        this.outstanding = new LinkedHashSet<>(asked);
    }

    /** The request that this is the answer to. */
    Request request() {
        return new Request.Fetch(List.copyOf(asked), List.copyOf(refused));
    }

    @Override
    public void answered(Response response) {
        switch (response) {
            case Response.FetchedRecord fetched -> asker.receive(fetched.record(), this);
            case Response.End end when outstanding.isEmpty() || unusable -> asker.land(this, !useful);
            case Response.End end ->
                throw new RemoteException.PeerMisbehaved(
                        "%d %s that were asked for did not come".formatted(outstanding.size(), what), null);
            case Problem problem -> {
                refusals.requireAlternative(problem);
                throw Exchange.unexpected(problem);
            }
            case Response other -> throw Exchange.unexpected(other);
        }
    }

    @Override
    public void interrupted() {
        asker.land(this, false);
    }

    /** Makes sure that a record was asked for. */
    void require(List<ProvidedObject> provided) {
        if (provided.stream().noneMatch(object -> asked.contains(object.id()))) {
            throw new RemoteException.PeerMisbehaved("a record that was not asked for", null);
        }
    }

    /** Whether the peer sent a record that was refused before it could know. */
    boolean isRefusedMeanwhile(byte[] record) {
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
