package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.manifest.ChunkMap;
import dev.cairn.cas.seal.Bases;
import dev.cairn.cas.seal.Sealer;
import dev.cairn.cas.snapshot.base.BaseChoice;
import dev.cairn.cas.snapshot.base.NewRun;
import dev.cairn.cas.snapshot.base.OldVersion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Seals new chunks and pages as deltas of older ones where that is worth it, and plainly where it is not: where they are too
 * unlike, where the older ones are deltas of too great a depth themselves, or where they cannot be read.
 *
 * <p>May be used from any thread. As many deltas are made at once as a quarter of the heap has room for; other threads wait, and may
 * seal plainly meanwhile.
 */
final class DeltaSealing {

    /** What one takes that is being made, as a rule: its bases, its new bytes, what comes of them, and tables. */
    private static final long HEAP_PER_DELTA = 16L << 20;

    /**
     * The deepest delta that is written. With 4, the twelfth version of a dump took eight times as long to restore as the first;
     * what 2 costs in bytes is little, since later versions build on the last that is not as deep.
     */
    static final int DEPTH_MAX = 2;

    /** With a longer stretch of new bytes that is not at the expected place, anchors are asked: it may be elsewhere. */
    private static final int MISSED_BYTES_MAX = 12 << 10;

    private static final Comparator<Sealer.SealedDelta> BY_BYTES =
            Comparator.comparingInt(delta -> delta.record().bytes().length);

    private final ObjectStore store;
    private final Sealer sealer;
    private final ObjectSource objects;
    private final Semaphore room =
            new Semaphore(Math.clamp(Runtime.getRuntime().maxMemory() / 4 / HEAP_PER_DELTA, 1, Short.MAX_VALUE));

    /** As many as deltas were made at once. */
    private final Queue<Bases> idle = new ConcurrentLinkedQueue<>();

    /** @param objects reads what deltas build on */
    DeltaSealing(ObjectStore store, Sealer sealer, ObjectSource objects) {
        this.store = store;
        this.sealer = sealer;
        this.objects = objects;
    }

    /** Whether a delta may build on {@code id}. */
    boolean mayBuildOn(ObjectId id) {
        return store.depth(id) < DEPTH_MAX && store.has(id);
    }

    /**
     * Seals the new chunks of a larger file. Looks for bases where they are expected first: that spares the pass over the
     * whole old version that anchors take.
     */
    List<SealedRecord> seal(OldVersion old, List<NewRun> runs) {
        BaseChoice choice = new BaseChoice(old);
        if (choice.isPlain(runs)) {
            return choice.choose(runs, true).stream()
                    .flatMap(group -> records(deltaInPlace(old, group), group, OpenRun.LARGE_BYTES).stream())
                    .toList();
        }
        List<Attempt> attempts = old.isInPlace() ? inPlace(old, choice.choose(runs, true)) : List.of();
        if (!attempts.isEmpty() && !attempts.getLast().hasMissed()) {
            return attempts.stream()
                    .map(attempt -> attempt.delta().orElseThrow().record())
                    .toList();
        }
        return byAnchors(old, choice, runs, attempts).stream()
                .flatMap(attempt -> records(attempt.delta(), attempt.group(), OpenRun.LARGE_BYTES).stream())
                .toList();
    }

    /** Where nothing at all is like what is near, it is looked for in a larger part. */
    private List<Attempt> byAnchors(OldVersion old, BaseChoice choice, List<NewRun> runs, List<Attempt> before) {
        List<Attempt> tried = new ArrayList<>(before);
        List<Attempt> attempts;
        do {
            attempts = choice.choose(runs, false).stream()
                    .map(group -> new Attempt(group, better(old, group, tried)))
                    .toList();
            tried.addAll(attempts);
        } while (old.reached(
                attempts.stream().anyMatch(attempt -> attempt.delta().isPresent())));
        return attempts;
    }

    /** A group and what came of it as a delta of what was expected to belong to it. */
    private record Attempt(BaseChoice.Group group, Optional<Sealer.SealedDelta> delta) {

        /** Whether some of it may be elsewhere. */
        boolean hasMissed() {
            return delta.isEmpty() || delta.get().longestLiteral() > MISSED_BYTES_MAX;
        }

        /** Whether the same chunks were compared with all of these bases, if not with more. */
        boolean covers(BaseChoice.Group other) {
            return group.chunks().equals(other.chunks()) && group.bases().containsAll(other.bases());
        }
    }

    /** Tries groups in place, up to the first that has missed: that one is the last. */
    private List<Attempt> inPlace(OldVersion old, List<BaseChoice.Group> groups) {
        List<Attempt> attempts = new ArrayList<>();
        for (BaseChoice.Group group : groups) {
            Attempt attempt = new Attempt(group, deltaInPlace(old, group));
            attempts.add(attempt);
            if (attempt.hasMissed()) {
                old.notFound();
                break;
            }
        }
        return attempts;
    }

    /**
     * The smallest delta of a group, by anchors or one tried before of the same chunks. Where an attempt covers what anchors would be
     * compared with, they are not: it is new and nowhere else.
     */
    private Optional<Sealer.SealedDelta> better(OldVersion old, BaseChoice.Group group, List<Attempt> attempts) {
        Optional<Sealer.SealedDelta> before = attempts.stream()
                .filter(attempt -> attempt.group().chunks().equals(group.chunks()))
                .flatMap(attempt -> attempt.delta().stream())
                .min(BY_BYTES);
        if (attempts.stream().anyMatch(attempt -> attempt.covers(group))) {
            return before;
        }
        Optional<Sealer.SealedDelta> byAnchors = delta(group);
        if (before.isPresent() && (byAnchors.isEmpty() || BY_BYTES.compare(before.get(), byAnchors.get()) <= 0)) {
            return before;
        }
        note(old, group, byAnchors, false);
        return byAnchors;
    }

    /** The delta of a group, whose place is noted: what follows is expected there. */
    private Optional<Sealer.SealedDelta> deltaInPlace(OldVersion old, BaseChoice.Group group) {
        Optional<Sealer.SealedDelta> sealed = delta(group);
        note(old, group, sealed, true);
        return sealed;
    }

    private static void note(
            OldVersion old, BaseChoice.Group group, Optional<Sealer.SealedDelta> sealed, boolean isInPlace) {
        sealed.ifPresent(delta -> group.bases().stream()
                .filter(placed -> placed.chunk().equals(delta.placedBy()))
                .findFirst()
                .ifPresent(placed ->
                        old.found(group.fileOffset(delta.at()), placed.offset() + delta.atInBase(), isInPlace)));
    }

    /**
     * Seals the chunks of a group.
     *
     * @param runBytesMax where a run is full if the chunks are sealed plainly
     */
    List<SealedRecord> seal(BaseChoice.Group group, int runBytesMax) {
        return records(delta(group), group, runBytesMax);
    }

    private List<SealedRecord> records(Optional<Sealer.SealedDelta> sealed, BaseChoice.Group group, int runBytesMax) {
        return sealed.map(delta -> List.of(delta.record())).orElseGet(() -> plainly(group.chunks(), runBytesMax));
    }

    private Optional<Sealer.SealedDelta> delta(BaseChoice.Group group) {
        room.acquireUninterruptibly();
        try {
            Bases bases = Objects.requireNonNullElseGet(idle.poll(), Bases::new);
            try {
                return delta(group, group.pages(), bases);
            } catch (StoreException e) {
                // A page that cannot be read names nothing.
                return delta(group, List.of(), bases);
            } finally {
                idle.add(bases);
            }
        } finally {
            room.release();
        }
    }

    private Optional<Sealer.SealedDelta> delta(BaseChoice.Group group, List<ObjectId> pages, Bases bases) {
        bases.clear();
        Set<ObjectId> seen = new HashSet<>();
        for (ChunkMap.Placed placed : group.bases()) {
            if (seen.add(placed.chunk()) && mayBuildOn(placed.chunk())) {
                try {
                    bases.add(placed.chunk(), objects.chunk(placed.chunk()));
                } catch (StoreException e) {
                    // What cannot be read is no base.
                }
            }
        }
        if (bases.isEmpty()) {
            return Optional.empty();
        }
        List<ObjectId> ids = group.chunks().stream().map(NewRun.Chunk::id).toList();
        List<PlainObject> chunks = group.chunks().stream()
                .map(chunk -> PlainObject.chunk(chunk.bytes()))
                .toList();
        return sealer.sealDelta(ids, chunks, bases, pages, store);
    }

    private List<SealedRecord> plainly(List<NewRun.Chunk> chunks, int runBytesMax) {
        List<SealedRecord> records = new ArrayList<>();
        OpenRun run = new OpenRun(runBytesMax);
        for (NewRun.Chunk chunk : chunks) {
            if (!run.takes(chunk.bytes().length)) {
                records.add(plainly(run.close()));
            }
            run.add(chunk.id(), PlainObject.chunk(chunk.bytes()));
        }
        records.add(plainly(run.close()));
        return records;
    }

    private SealedRecord plainly(OpenRun.Closed run) {
        return sealer.sealRun(run.ids(), run.chunks());
    }

    /**
     * Seals a page.
     *
     * @param old the page that it replaces, null if there is none
     */
    SealedRecord sealPage(ObjectId id, PlainObject page, @Nullable ObjectId old) {
        Optional<SealedRecord> delta = Optional.empty();
        if (old != null && mayBuildOn(old)) {
            room.acquireUninterruptibly();
            try {
                delta = sealer.sealPageDelta(id, page, old, objects.read(old, ObjectType.NODE), store);
            } catch (StoreException e) {
                // What cannot be read is no base.
                delta = Optional.empty();
            } finally {
                room.release();
            }
        }
        return delta.orElseGet(() -> sealer.sealPages(List.of(id), List.of(page)));
    }
}
