package dev.cairn.cas.snapshot.verify;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.seal.OpenedRecord;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.Workers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Opens and checks records on several threads, and tells what it found in the order in which the records came.
 *
 * <p>For one thread, on which it tells. At most {@value #BYTES_MAX} bytes of sealed records wait, or one record; each worker
 * holds what its record takes opened beside that.
 */
final class RecordChecks implements AutoCloseable {

    private static final long BYTES_MAX = 4 << 20;
    private static final int PENDING_MAX = 64;

    /**
     * What was found of a record.
     *
     * @param bytes of it, sealed
     * @param objects how many it provides
     * @param damage why it does not open, or is not what its ids name; null if it does and is
     * @param baseDamaged whether that is the fault of what it builds on
     * @param absent what it refers to and the store does not have
     */
    record Found(
            long sequence,
            int bytes,
            int objects,
            @Nullable CorruptDataException damage,
            boolean baseDamaged,
            List<ObjectId> absent) {}

    private record Pending(int bytes, Workers.Work<Found> work) {}

    private final Repository repository;
    private final Consumer<Found> listener;
    private final Cancellation cancellation;
    private final UnaryOperator<List<ObjectId>> lacking;
    private final UnaryOperator<List<ObjectId>> collected;
    private final Workers workers;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private long pendingBytes;

    /**
     * Checks that begin with the first record.
     *
     * @param lacking which of what a record refers to is not there
     * @param collected which of what a record provides is being collected, or was
     */
    RecordChecks(
            Repository repository,
            UnaryOperator<List<ObjectId>> lacking,
            UnaryOperator<List<ObjectId>> collected,
            Consumer<Found> listener,
            int threads,
            Cancellation cancellation) {
        this.lacking = lacking;
        this.collected = collected;
        this.repository = repository;
        this.listener = listener;
        this.cancellation = cancellation;
        this.workers = new Workers("cairn-verify", threads);
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
        pending.add(new Pending(bytes, workers.start(() -> check(sequence, record))));
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

    private Found check(long sequence, SealedRecord record) {
        int bytes = record.bytes().length;
        int objects = record.header().provided().size();
        List<ProvidedObject> there = stillThere(record);
        if (there.isEmpty()) {
            return new Found(sequence, bytes, objects, null, false, List.of());
        }
        String where = "record " + sequence;
        CorruptDataException damage = null;
        try {
            OpenedRecord opened = repository.sealer().open(record, where, repository.objects());
            opened.verify();
            if (record.header().kind() == RecordKind.SNAPSHOT) {
                repository.snapshotCodec().open(opened, where);
            }
        } catch (CorruptDataException e) {
            damage = e;
        }
        List<ObjectId> children = new ArrayList<>(record.header().bases());
        children.addAll(record.header().pages());
        for (ProvidedObject object : there) {
            children.addAll(object.nodeChildren());
            children.addAll(object.chunkChildren());
        }
        List<ObjectId> absent = children.isEmpty() ? List.of() : lacking.apply(children);
        boolean baseDamaged = damage != null && !basesAreWhole(record);
        return new Found(sequence, bytes, objects, damage, baseDamaged, absent);
    }

    private boolean basesAreWhole(SealedRecord record) {
        try {
            record.header()
                    .bases()
                    .forEach(base -> repository
                            .objects()
                            .read(base, record.header().kind().provides()));
            return true;
        } catch (CorruptDataException e) {
            return false;
        }
    }

    /** The objects of a record that are not being collected: what only the others refer to need not be there. */
    private List<ProvidedObject> stillThere(SealedRecord record) {
        List<ProvidedObject> provided = record.header().provided();
        if (record.header().kind() == RecordKind.RUN) {
            return provided;
        }
        Set<ObjectId> gone = Set.copyOf(
                collected.apply(provided.stream().map(ProvidedObject::id).toList()));
        return gone.isEmpty()
                ? provided
                : provided.stream()
                        .filter(object -> !gone.contains(object.id()))
                        .toList();
    }

    /** Stops. Idempotent. */
    @Override
    public void close() {
        workers.close();
    }
}
