package dev.cairn.replicator;

import dev.cairn.cas.RecordKind;
import java.util.ArrayList;
import java.util.List;

/** The running counts of a session. Not thread-safe. */
final class TransferCounts {

    private final TransferProgress progress;
    private final List<TransferResult.BranchOutcome> branches = new ArrayList<>();
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
