package dev.cairn.cas.snapshot.verify;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.PlaceVisitor;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.seal.OpenedRecord;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.Workers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * The part of a verification that comes before the walk in disk order: opens each delta, and so what it builds on, and checks all that was
 * opened for it while it is open. A base is then opened once, and not once more for the delta, which in disk order comes much later. The
 * newest deltas come first, so that a chain of them is opened from its end, each link once; neighbours, which build on neighbours,
 * one after the other.
 *
 * <p>Tells of records that are wholly sound, and of nothing else: whatever is wrong, or collected meanwhile, is left to the
 * walk, which finds the same and tells it in its place.
 *
 * <p>For one thread, on which it tells; serves once. Memory: three {@link SequenceSet}s, {@value #PENDING_MAX} times {@value #BLOCK} sequences,
 * and opened records of its own, as many as {@link Repository#objects} keeps.
 */
final class DeltaPass {

    private static final int PENDING_MAX = 16;

    /** So many deltas in disk order, on one thread, then those before them: two threads hardly ever want the same base at once. */
    private static final int BLOCK = 16;

    private final Repository repository;
    private final Examination examination;
    private final Consumer<Examination.Found> listener;
    private final Workers workers;
    private final Cancellation cancellation;

    private final SequenceSet begun = new SequenceSet();
    private final SequenceSet sound = new SequenceSet();
    private final Queue<Examination.Found> found = new ConcurrentLinkedQueue<>();
    private final Deque<Workers.Work<?>> pending = new ArrayDeque<>();
    private volatile boolean isOver;

    /**
     * @param listener is told of each record that is sound, once
     * @param except what is left to the walk whatever it is
     */
    DeltaPass(
            Repository repository,
            Examination examination,
            Consumer<Examination.Found> listener,
            Workers workers,
            Cancellation cancellation,
            Set<Long> except) {
        this.repository = repository;
        this.examination = examination;
        this.listener = listener;
        this.workers = workers;
        this.cancellation = cancellation;
        except.forEach(begun::add);
    }

    /** Runs, for deltas of these kinds. */
    void run(Set<RecordKind> kinds) {
        try {
            runAll(kinds);
        } finally {
            // What was given out and not begun is dropped.
            isOver = true;
        }
    }

    private void runAll(Set<RecordKind> kinds) {
        SequenceSet deltas = deltas(kinds);
        LongConsumer opening = repository.opening(this::examine);
        List<Long> block = new ArrayList<>();
        for (long next = deltas.below(Long.MAX_VALUE); next >= 0; next = deltas.below(next)) {
            block.addFirst(next);
            if (block.size() == BLOCK) {
                give(List.copyOf(block), opening);
                block.clear();
            }
        }
        give(block, opening);
        while (!pending.isEmpty()) {
            tell();
        }
    }

    /** Whether a record was told to be sound. */
    boolean isSound(long sequence) {
        return sound.contains(sequence);
    }

    private SequenceSet deltas(Set<RecordKind> kinds) {
        SequenceSet deltas = new SequenceSet();
        repository.store().forEachPlace(new PlaceVisitor() {
            @Override
            public void volume(int number, long fileBytes) {
                cancellation.check();
            }

            @Override
            public void record(long sequence, RecordKind kind, int volume, int bytes) {
                if (kind.isDelta() && kinds.contains(kind)) {
                    deltas.add(sequence);
                }
            }

            @Override
            public void damaged(CorruptDataException damage) {
                // The walk meets the same row.
                cancellation.check();
            }
        });
        return deltas;
    }

    private void give(List<Long> block, LongConsumer opening) {
        cancellation.check();
        while (pending.size() == PENDING_MAX
                || (!pending.isEmpty() && pending.getFirst().isDone())) {
            tell();
        }
        pending.add(workers.start(() -> {
            for (long sequence : block) {
                cancellation.check();
                if (!isOver && !begun.contains(sequence)) {
                    open(sequence, opening);
                }
            }
            return block;
        }));
    }

    /** Here only what is sound is told: the walk meets whatever is wrong, and says so, or stops at it. */
    private void open(long sequence, LongConsumer opening) {
        try {
            opening.accept(sequence);
        } catch (CorruptDataException | StoreAccessException e) {
            // Of one that is collected meanwhile the volume may be gone.
            return;
        } catch (VersionMismatchException | WrongKeyException e) {
            // The walk will stop there: no use to go on until then.
            isOver = true;
        }
    }

    /** On whatever thread opened it. */
    private void examine(long sequence, SealedRecord record, OpenedRecord opened) {
        if (begun.add(sequence)) {
            Examination.Found next = examination.ofOpened(sequence, record, opened);
            if (next.isSound()) {
                found.add(next);
            }
        }
    }

    private void tell() {
        pending.removeFirst().join(cancellation);
        for (Examination.Found next = found.poll(); next != null; next = found.poll()) {
            sound.add(next.sequence());
            listener.accept(next);
        }
    }
}
