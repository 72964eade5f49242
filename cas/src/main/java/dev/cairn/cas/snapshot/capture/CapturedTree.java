package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.snapshot.SnapshotDescription;

/** A tree that was captured, durable but for a dry run, and not yet named by a snapshot. */
record CapturedTree(ObjectId root, CaptureTally tally, long chunksNew, long bytesNew, long bytesStored) {

    SnapshotDescription.Totals totals() {
        return new SnapshotDescription.Totals(tally.files(), tally.directories(), tally.bytes());
    }
}
