package dev.cairn.replicator;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    /** The newest snapshots of a list that are here too. */
    static List<ObjectId> newestHeld(Map<ObjectId, RetainedSnapshot> listed, ObjectStore store, int max) {
        return listed.values().stream()
                .sorted(Comparator.comparingLong(RetainedSnapshot::sequence)
                        .reversed()
                        .thenComparing(RetainedSnapshot::snapshot))
                .map(RetainedSnapshot::snapshot)
                .filter(store::has)
                .limit(max)
                .toList();
    }

    /** The list of snapshots came unsigned: what decided that a branch may move must agree with the signed records. */
    static void requireTrue(Map<ObjectId, RetainedSnapshot> listed, List<ObjectId> retained, ObjectStore store) {
        StoredObjects objects = new StoredObjects(store);
        for (ObjectId id : retained) {
            RecordHeader header =
                    objects.find(id, Set.of(RecordKind.SNAPSHOT)).record().header();
            RetainedSnapshot claimed = listed.get(id);
            if (claimed == null || !RetainedSnapshot.of(header).equals(claimed)) {
                throw new RemoteException.PeerMisbehaved("a list of snapshots that is not what they say", null);
            }
        }
    }
}
