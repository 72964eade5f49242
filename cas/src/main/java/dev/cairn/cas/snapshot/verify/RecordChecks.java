package dev.cairn.cas.snapshot.verify;

import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.Workers;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * Opens and checks records on several threads, and tells what it found in the order in which the records came.
 *
 * <p>For one thread, on which it tells. At most {@value #BYTES_MAX} bytes of sealed records wait, or one record; each worker
 * holds what its record takes opened beside that.
 */
final class RecordChecks {

    private static final long BYTES_MAX = 4 << 20;
    private static final int PENDING_MAX = 64;

    private record Pending(int bytes, Workers.Work<Examination.Found> work) {}

    private final Examination examination;
    private final Consumer<Examination.Found> listener;
    private final Cancellation cancellation;
    private final Workers workers;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private long pendingBytes;

    /** Checks that begin with the first record, on threads that belong to the caller. */
    RecordChecks(
            Examination examination, Consumer<Examination.Found> listener, Workers workers, Cancellation cancellation) {
        this.examination = examination;
        this.listener = listener;
        this.workers = workers;
        this.cancellation = cancellation;
    }

    /** Takes a record to be checked; tells of those before it that are done. */
    void add(long sequence, SealedRecord record) {
        int bytes = record.bytes().length;
        while (!pending.isEmpty()
                && (pending.size() >= PENDING_MAX
                        || pendingBytes + bytes > BYTES_MAX
                        || pending.getFirst().work.isDone())) {
            tell();
        }
        pending.add(new Pending(bytes, workers.start(() -> examination.of(sequence, record))));
        pendingBytes += bytes;
    }

    /** Waits for all that were taken, and tells of them. */
    void finish() {
        while (!pending.isEmpty()) {
            tell();
        }
    }

    private void tell() {
        Pending first = pending.removeFirst();
        pendingBytes -= first.bytes;
        listener.accept(first.work.join(cancellation));
    }
}
