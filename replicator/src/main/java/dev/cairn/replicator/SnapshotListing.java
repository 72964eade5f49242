package dev.cairn.replicator;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** A remote's retained snapshots, as they come. Nothing of it is signed. */
final class SnapshotListing implements Exchange.Continuation {

    /** The most snapshots that a remote may list. */
    static final int SNAPSHOTS_MAX = 1 << 20;

    private final Exchange exchange;
    private final Consumer<Map<ObjectId, RetainedSnapshot>> whole;
    private final Map<ObjectId, RetainedSnapshot> listed = new HashMap<>();

    private SnapshotListing(Exchange exchange, Consumer<Map<ObjectId, RetainedSnapshot>> whole) {
        this.exchange = exchange;
        this.whole = whole;
    }

    /** Asks for the list and gives it to {@code whole} once it is there. */
    static void ask(Exchange exchange, Consumer<Map<ObjectId, RetainedSnapshot>> whole) {
        exchange.send(new Request.Snapshots(), new SnapshotListing(exchange, whole));
    }

    @Override
    public void answered(Response response) {
        switch (response) {
            case Response.SnapshotList list -> {
                for (RetainedSnapshot snapshot : list.snapshots()) {
                    if (listed.put(snapshot.snapshot(), snapshot) != null) {
                        throw new RemoteException.PeerMisbehaved(
                                "a snapshot that is listed twice: " + snapshot.snapshot(), null);
                    }
                }
                if (list.snapshots().isEmpty() || listed.size() > SNAPSHOTS_MAX) {
                    throw new RemoteException.PeerMisbehaved("a list of snapshots without an end", null);
                }
            }
            case Response.End end when end.count() == listed.size() -> whole.accept(listed);
            case Response.End end ->
                throw new RemoteException.PeerMisbehaved(
                        "%d snapshots, and a count of %d".formatted(listed.size(), end.count()), null);
            case Response other -> throw Exchange.unexpected(other);
        }
    }

    @Override
    public void interrupted() {
        ask(exchange, whole);
    }
}
