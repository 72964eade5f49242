package dev.cairn.cas.gc;

import dev.cairn.cas.Collectable;
import dev.cairn.cas.Collectable.OpenSession;
import dev.cairn.cas.Collectable.Reclaimed;
import dev.cairn.cas.Collectable.Removed;
import dev.cairn.cas.CollectionState;
import dev.cairn.cas.CollectionState.Phase;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Collects garbage in a store, by the steps that the package describes. May be killed or stopped anywhere: the next run goes on.
 *
 * <p>Memory: some MiB, whatever the size of the store; marks are kept in a file of the store's temporary folder, some 100 bytes for
 * each object. Others use the store meanwhile, and wait for no more than one step. For one thread.
 */
public final class Collector {

    /** A volume stays while less than half of what was written to it is dead. */
    public static final double DEAD_SHARE_MIN = 0.5;

    /** How many objects one transaction removes: some tens of milliseconds. */
    private static final int DELETED_AT_ONCE = 2000;

    private final ObjectStore store;
    private final double deadShareMin;
    private final CollectionProgress progress;
    private final BooleanSupplier isCancelled;

    /**
     * A collector.
     *
     * @param deadShareMin a volume is emptied and removed when this share of the records in it is dead, 0 to 1
     * @param isCancelled asked between steps; once it says so, the collection stops with a {@link CancellationException}
     */
    public Collector(ObjectStore store, double deadShareMin, CollectionProgress progress, BooleanSupplier isCancelled) {
        if (!(deadShareMin >= 0 && deadShareMin <= 1)) {
            throw new IllegalArgumentException("deadShareMin (%s) must be 0 to 1".formatted(deadShareMin));
        }
        this.store = store;
        this.deadShareMin = deadShareMin;
        this.progress = progress;
        this.isCancelled = isCancelled;
    }

    /** A collector that nobody watches or stops. */
    public Collector(ObjectStore store) {
        this(store, DEAD_SHARE_MIN, CollectionProgress.NONE, () -> false);
    }

    /**
     * Finds out what there is to collect, and changes nothing. What an earlier collection condemned counts as what it is by now.
     *
     * @throws dev.cairn.cas.CorruptDataException if something is damaged that must be read to know what is reachable
     * @throws dev.cairn.cas.StoreBusyException if a collection is under way
     */
    public CollectionPlan plan() {
        try (Collectable collectable = store.collectable();
                Collectable.Scratch scratch = collectable.scratch()) {
            return survey(collectable, scratch).plan(_ -> {});
        }
    }

    /**
     * Collects.
     *
     * @throws dev.cairn.cas.CorruptDataException as {@link #plan}; nothing that was not condemned before is removed then
     * @throws dev.cairn.cas.StoreBusyException if a collection is under way
     */
    public CollectionResult run() {
        try (Collectable collectable = store.collectable()) {
            Removed removed = Removed.NOTHING;
            List<OpenSession> waiting = List.of();
            if (collectable.state().phase() == Phase.CONDEMNED) {
                waiting = awaited(collectable);
            }
            removed = removed.plus(deleted(collectable));
            CollectionPlan plan = null;
            if (waiting.isEmpty()) {
                plan = condemn(collectable);
                if (collectable.state().phase() == Phase.CONDEMNED) {
                    waiting = awaited(collectable);
                }
                removed = removed.plus(deleted(collectable));
            }
            return new CollectionResult(plan, removed, reclaimed(collectable), waiting);
        }
    }

    /**
     * Only empties volumes and gives them back: after records were replaced by smaller ones.
     *
     * @throws dev.cairn.cas.StoreBusyException if a collection is under way
     */
    public Reclaimed reclaim() {
        try (Collectable collectable = store.collectable()) {
            return reclaimed(collectable);
        }
    }

    private Survey survey(Collectable collectable, Collectable.Scratch scratch) {
        long boundary = collectable.nextSequence();
        Marking marking = new Marking(collectable, scratch, progress, this::check);
        marking.run(collectable.roots());
        return new Survey(collectable, marking, scratch, boundary, new Volumes(collectable, deadShareMin), this::check);
    }

    private void check() {
        if (isCancelled.getAsBoolean()) {
            throw new CancellationException("interrupted; the next collection goes on from there");
        }
    }

    /** Marks, gathers, and condemns what was gathered, if there is any. */
    private CollectionPlan condemn(Collectable collectable) {
        try (Collectable.Scratch scratch = collectable.scratch()) {
            Survey survey = survey(collectable, scratch);
            collectable.restart();
            List<ObjectId> batch = new ArrayList<>();
            CollectionPlan plan = survey.plan(id -> {
                batch.add(id);
                if (batch.size() == Collectable.STEP_IDS_MAX) {
                    collectable.gather(batch);
                    batch.clear();
                }
            });
            collectable.gather(batch);
            check();
            collectable.condemn(survey.boundary());
            return plan;
        }
    }

    /** Spares what is needed; and begins to delete, unless sessions are open that began before. */
    private List<OpenSession> awaited(Collectable collectable) {
        CollectionState state = collectable.state();
        Sparing sparing = new Sparing(collectable);
        sparing.run();
        List<OpenSession> open = collectable.sessionsBefore(state.epoch());
        if (!open.isEmpty() && collectable.condemned() > 0) {
            return open;
        }
        // Whatever those who have just ended stored last. From here on nobody stores what refers to condemned ids.
        sparing.run();
        while (!collectable.beginDeletion()) {
            check();
            sparing.settle();
        }
        return List.of();
    }

    private Removed deleted(Collectable collectable) {
        Removed removed = Removed.NOTHING;
        while (collectable.state().phase() == Phase.DELETING) {
            check();
            Removed step = collectable.delete(DELETED_AT_ONCE);
            progress.removed(step.objects());
            removed = removed.plus(step);
        }
        return removed;
    }

    private Reclaimed reclaimed(Collectable collectable) {
        Map<Integer, Long> liveBytes = new TreeMap<>();
        collectable.forEachRecord(
                0, (sequence, kind, volume, bytes) -> liveBytes.merge(volume, (long) bytes, Long::sum));
        return collectable.reclaim(
                new Volumes(collectable, deadShareMin)
                        .plan(liveBytes).stream()
                                .filter(volume -> volume.action() != VolumePlan.Action.KEEP)
                                .map(VolumePlan::number)
                                .collect(Collectors.toSet()),
                bytes -> {
                    progress.copied(bytes);
                    check();
                });
    }
}
