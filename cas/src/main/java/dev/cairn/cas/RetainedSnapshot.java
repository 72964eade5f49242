package dev.cairn.cas;

import java.util.Comparator;
import java.util.List;

/**
 * A snapshot on the list of retained ones, with what its clear header says: the roots of collection.
 *
 * @param roots its children: the manifest's root first
 */
public record RetainedSnapshot(ObjectId snapshot, long sequence, List<ObjectId> parents, List<ObjectId> roots) {

    /** By sequence, then by id. */
    public static final Comparator<RetainedSnapshot> OLDEST_FIRST =
            Comparator.comparingLong(RetainedSnapshot::sequence).thenComparing(RetainedSnapshot::snapshot);

    public RetainedSnapshot {
        parents = List.copyOf(parents);
        roots = List.copyOf(roots);
    }

    /** What the header of a snapshot's record says. */
    public static RetainedSnapshot of(RecordHeader header) {
        RecordHeader.Lineage lineage = header.lineage();
        if (lineage == null) {
            throw new IllegalArgumentException("not a snapshot's record: " + header.kind());
        }
        ProvidedObject snapshot = header.provided().getFirst();
        return new RetainedSnapshot(snapshot.id(), lineage.sequence(), lineage.parents(), snapshot.nodeChildren());
    }
}
