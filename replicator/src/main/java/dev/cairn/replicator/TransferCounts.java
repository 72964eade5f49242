package dev.cairn.replicator;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RecordKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** The running counts of a session. Not thread-safe. */
final class TransferCounts {

    /** Less tells nothing of the rest. */
    private static final double SHARE_MIN = 0.01;

    private final TransferProgress progress;
    private final List<TransferResult.BranchOutcome> branches = new ArrayList<>();
    private final Set<ObjectId> snapshots = new HashSet<>();
    private long recordsSent;
    private long recordBytesSent;
    private long recordsReceived;
    private long recordBytesReceived;
    private long requests;
    private long deltaRecords;
    private long batchesResent;
    private long excessBytes;
    private long chunksSupplied;
    private long bytesSupplied;
    private long chunksLacking;
    private @Nullable DoubleSupplier share;
    private long bytesBeforeShare;
    private long bytesExpected;
    private long notesSent;
    private long notesReceived;
    private long notesRefused;
    private long notesHeldBack;

    TransferCounts(TransferProgress progress) {
        this.progress = progress;
    }

    void branch(TransferResult.BranchOutcome outcome) {
        branches.add(outcome);
    }

    /** What was told of branches was decided by something that did not hold. */
    void forgetBranches() {
        branches.clear();
    }

    /** These snapshots go over; each is counted once, however often it is said. */
    void snapshots(Collection<ObjectId> ids) {
        snapshots.addAll(ids);
    }

    void request() {
        requests++;
    }

    void sent(int records, long bytes, int deltas) {
        recordsSent += records;
        recordBytesSent += bytes;
        deltaRecords += deltas;
        progress.transferred(recordsSent, recordBytesSent);
    }

    void received(RecordKind kind, int bytes) {
        recordsReceived++;
        recordBytesReceived += bytes;
        if (kind.isDelta()) {
            deltaRecords++;
        }
        progress.transferred(recordsReceived, recordBytesReceived);
    }

    /** Tells how much there is likely to be in all, by what was received. */
    void estimate() {
        DoubleSupplier known = share;
        double done = known == null ? 0 : known.getAsDouble();
        if (done >= SHARE_MIN) {
            progress.expected(bytesBeforeShare + (long) ((recordBytesReceived - bytesBeforeShare) / done));
        }
    }

    /** From now on so much is done of what is to be received as {@code done} says, from 0 to 1; null where that is not known. */
    void receiveInAll(@Nullable DoubleSupplier done) {
        share = done;
        bytesBeforeShare = recordBytesReceived;
    }

    /** So much more is likely to be sent. */
    void sendInAll(long moreBytes) {
        bytesExpected = Math.max(bytesExpected, recordBytesSent) + moreBytes;
        if (moreBytes > 0) {
            progress.expected(bytesExpected);
        }
    }

    void resent() {
        batchesResent++;
    }

    /** Of a record with {@code provided} objects only {@code wanted} were needed. */
    void excess(long recordBytes, int wanted, int provided) {
        excessBytes += recordBytes * (provided - wanted) / provided;
    }

    /** Chunks came from this machine instead of the other side. */
    void supplied(int chunks, long plainBytes) {
        chunksSupplied += chunks;
        bytesSupplied += plainBytes;
    }

    /** Chunks would have to come. */
    void lacking(long chunks) {
        chunksLacking += chunks;
    }

    void notesSent(int notes) {
        notesSent += notes;
    }

    void notesReceived(int notes) {
        notesReceived += notes;
    }

    void noteRefused() {
        notesRefused++;
    }

    void noteHeldBack() {
        notesHeldBack++;
    }

    TransferResult result() {
        return new TransferResult(
                branches,
                snapshots.size(),
                recordsSent,
                recordBytesSent,
                recordsReceived,
                recordBytesReceived,
                requests,
                deltaRecords,
                batchesResent,
                excessBytes,
                chunksSupplied,
                bytesSupplied,
                chunksLacking,
                new TransferResult.Notes(notesSent, notesReceived, notesRefused, notesHeldBack));
    }
}
