package dev.cairn.replicator;

import dev.cairn.cas.ObjectId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a push or a pull did, as the session sees it; bytes at the socket are counted below it.
 *
 * @param branches what became of each branch, in the order asked for
 * @param snapshots snapshots that went over, or would; 0 where all were there already
 * @param recordsSent records in acknowledged batches
 * @param recordBytesSent their bytes
 * @param recordsReceived records that came, pages included
 * @param recordBytesReceived their bytes
 * @param requests requests sent, repetitions by the network layer not counted
 * @param deltaRecords delta records among those sent or received
 * @param batchesResent batches sent again because the server lacked something that they build on
 * @param excessBytes bytes of records that went over although the other side had the objects in them, estimated by their
 *     share of the record's objects
 * @param chunksSupplied chunks that a {@link ChunkSupply} had, so that they did not go over
 * @param bytesSupplied their plain bytes
 * @param chunksLacking chunks that a rehearsed pull would fetch, or take from a supply; 0 in any other session
 * @param notes what went over of notes about snapshots
 */
public record TransferResult(
        List<BranchOutcome> branches,
        long snapshots,
        long recordsSent,
        long recordBytesSent,
        long recordsReceived,
        long recordBytesReceived,
        long requests,
        long deltaRecords,
        long batchesResent,
        long excessBytes,
        long chunksSupplied,
        long bytesSupplied,
        long chunksLacking,
        Notes notes) {

    public TransferResult {
        branches = List.copyOf(branches);
    }

    /**
     * Notes about snapshots.
     *
     * @param refused notes of the server that no replica of this repository signed, passed over
     * @param heldBack notes that the server lacks and that this device may not send
     */
    public record Notes(long sent, long received, long refused, long heldBack) {}

    /**
     * What became of a branch.
     *
     * @param snapshot where it points now, on the side that was to be moved; null if it does not exist there
     * @param moved whether this session moved it
     * @param conflict why it could not be moved; null if it needed no move or was moved
     */
    public record BranchOutcome(
            String branch,
            @Nullable ObjectId snapshot,
            boolean moved,
            @Nullable String conflict) {}

    /** Whether a branch could not be moved because both sides have gone different ways. */
    public boolean hasConflict() {
        return branches.stream().anyMatch(outcome -> outcome.conflict() != null);
    }
}
