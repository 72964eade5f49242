package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.snapshot.SnapshotDescription;

/**
 * A tree that was captured, durable but for a dry run, and not yet named by a snapshot.
 *
 * @param lostPages pages of the previous snapshot that could not be read
 */
record CapturedTree(
        ObjectId root, CaptureTally tally, long chunksNew, long bytesNew, long bytesStored, long lostPages) {

    SnapshotDescription.Totals totals() {
        return new SnapshotDescription.Totals(tally.files(), tally.directories(), tally.bytes());
    }
}
