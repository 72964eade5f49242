package dev.cairn.replicator;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.History;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.VersionMismatchException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What snapshots that came say of their place in history, in the clear: as little to be believed as a list of the peer's until they are
 * verified. Immutable.
 */
record SpooledLineages(List<RetainedSnapshot> snapshots) {

    /**
     * Reads a spool from its beginning.
     *
     * @throws RemoteException.PeerMisbehaved if a snapshot's header is none, or too many came
     */
    static SpooledLineages read(PageSpool spool) throws IOException {
        List<RetainedSnapshot> snapshots = new ArrayList<>();
        spool.rewind();
        try {
            for (PageSpool.Entry entry = spool.next(); entry != null; entry = spool.next()) {
                if (RecordHeader.outline(entry.record(), PageIntake.WHERE).kind() == RecordKind.SNAPSHOT) {
                    SealedRecord record = SealedRecord.parse(entry.record(), PageIntake.WHERE, page -> List.of());
                    snapshots.add(RetainedSnapshot.of(record.header()));
                }
                if (snapshots.size() > SnapshotListing.SNAPSHOTS_MAX) {
                    throw new RemoteException.PeerMisbehaved("snapshots without an end", null);
                }
            }
        } catch (CorruptDataException | VersionMismatchException e) {
            throw new RemoteException.PeerMisbehaved(String.valueOf(e.getMessage()), e);
        }
        return new SpooledLineages(List.copyOf(snapshots));
    }

    Set<ObjectId> ids() {
        return snapshots.stream().map(RetainedSnapshot::snapshot).collect(Collectors.toUnmodifiableSet());
    }

    /** These, those that a store retains, and those that its notes forget, by id. */
    Map<ObjectId, RetainedSnapshot> with(ObjectStore store) {
        Map<ObjectId, RetainedSnapshot> all =
                store.snapshots().stream().collect(Collectors.toMap(RetainedSnapshot::snapshot, one -> one));
        History.forgotten(store).forEach(one -> all.putIfAbsent(one.snapshot(), one));
        snapshots.forEach(one -> all.put(one.snapshot(), one));
        return all;
    }

    /** Whether all parents came too, or are among {@code all}: then nothing lies between that did not come. */
    boolean isClosedIn(Map<ObjectId, RetainedSnapshot> all) {
        return snapshots.stream().allMatch(one -> all.keySet().containsAll(one.parents()));
    }
}
