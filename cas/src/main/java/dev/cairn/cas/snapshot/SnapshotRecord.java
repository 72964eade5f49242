package dev.cairn.cas.snapshot;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.seal.ReplicaCertificate;
import java.util.List;

/**
 * A snapshot whose certificate, signature and place in history were checked.
 *
 * @param roots of its Merkle maps; the manifest's comes first
 * @param lineage its sequence and parents, which the clear header and the signed body agree on
 */
public record SnapshotRecord(
        ObjectId id,
        List<ObjectId> roots,
        RecordHeader.Lineage lineage,
        ReplicaCertificate replica,
        SnapshotDescription description) {

    public SnapshotRecord {
        roots = List.copyOf(roots);
        if (roots.isEmpty()) {
            throw new IllegalArgumentException("a snapshot has a manifest");
        }
    }

    /** The root of the manifest. */
    public ObjectId manifest() {
        return roots.get(0);
    }

    /** Its place among the snapshots of its replica; above that of every parent. */
    public long sequence() {
        return lineage.sequence();
    }

    /** The snapshots it follows; weak, they may be gone. */
    public List<ObjectId> parents() {
        return lineage.parents();
    }
}
