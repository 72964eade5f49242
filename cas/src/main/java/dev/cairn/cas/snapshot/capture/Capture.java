package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.OperationId;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.StoreBusyException;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.SnapshotCodec;
import dev.cairn.cas.snapshot.SnapshotDescription;
import dev.cairn.cas.snapshot.SnapshotRecord;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Captures folders into a snapshot and moves a branch to it.
 *
 * <p>When {@link #run} returns, the branch points at the new snapshot and all of it survives a crash. If it throws, the branch is
 * where it was; objects that were stored by then stay and are found by the next run. Several captures may run at once, in several
 * processes too: those of one branch follow one another in its history, in the order in which they end.
 *
 * <p>May be used from any thread. A run walks and reads on the thread that called it; the threads that help end with it.
 *
 * <p>Memory: what is under way is limited to a twelfth of the heap, 8 MiB at least and {@value #UNDER_WAY_BYTES_MAX} bytes, deltas to a quarter of it; beside them stand the
 * packed names of the folders on the way down, some 240 bytes for each file that has further hard links, and a few MiB.
 */
public final class Capture {

    /** The most bytes of records that are being sealed or stored. */
    static final long UNDER_WAY_BYTES_MAX = 96L << 20;

    /** How often a branch that others move at the same time is tried. */
    static final int MOVES_MAX = 32;

    private final CaptureStore repository;
    private final FileSystemAccess access;
    private final InstantSource clock;
    private final SnapshotCodec codec;
    private final SecureRandom random = new SecureRandom();

    /** Captures into {@code repository}, which stays open for as long as this is used. */
    public Capture(CaptureStore repository) {
        this(repository, FileSystemAccess.SYSTEM, InstantSource.system());
    }

    Capture(CaptureStore repository, FileSystemAccess access, InstantSource clock) {
        this.repository = repository;
        this.access = access;
        this.clock = clock;
        this.codec = new SnapshotCodec(repository.keys().roster());
    }

    /**
     * Captures.
     *
     * @throws SourceException if a source is not there or not what it was; nothing was added to the branch
     * @throws dev.cairn.cas.StoreException if the repository cannot be read or written
     * @throws java.util.concurrent.CancellationException if it was told to stop
     */
    public CaptureResult run(CapturePlan plan, CaptureProgress progress, Cancellation cancellation) {
        return run(plan, null, progress, cancellation);
    }

    /**
     * Captures a stream as the one file of a snapshot. Cut, compared and stored as the file would be that it is written to.
     *
     * @param plan its only source is the path of the stream
     * @throws SourceException if the stream cannot be read to its end, or is empty and was not before; nothing was added to the branch.
     *     What {@link ContentStream#finish} throws besides comes through
     */
    public CaptureResult run(
            CapturePlan plan, @Nullable NamedStream stream, CaptureProgress progress, Cancellation cancellation) {
        Instant start = clock.instant();
        Sources sources = stream == null ? Sources.find(plan, access) : Sources.NONE;
        List<byte[]> paths =
                stream == null ? sources.described() : List.of(stream.path().bytes());
        // What a snapshot cannot say is refused before anything is read.
        describe(about(plan), paths, start, new SnapshotDescription.Totals(0, 0, 0), 0);
        ObjectId head =
                repository.store().branch(plan.branch()).map(Branch::snapshot).orElse(null);
        SnapshotRecord parent = head == null ? null : snapshotIfWhole(head);
        CapturedTree tree = new TreeCapture(
                        repository, access, plan, sources, stream, progress, cancellation, this::snapshotIfThere, start)
                .capture(parent);
        return ending(about(plan), paths, start, tree, head, parent, sources.notes());
    }

    /**
     * Brings in a tree that is not walked, such as that of an archive. As {@link #run}: if it throws, the branch is where it was.
     *
     * @throws IOException what the source throws
     */
    public CaptureResult bring(BringPlan plan, TreeSource source, CaptureProgress progress, Cancellation cancellation)
            throws IOException {
        Instant start = clock.instant();
        describe(plan, plan.paths(), start, new SnapshotDescription.Totals(0, 0, 0), 0);
        ObjectId head =
                repository.store().branch(plan.branch()).map(Branch::snapshot).orElse(null);
        SnapshotRecord parent = head == null ? null : snapshotIfWhole(head);
        CaptureTally tally = new CaptureTally(progress);
        if (parent != null) {
            SnapshotDescription.Totals totals = parent.description().totals();
            progress.expected(totals.files(), totals.bytes());
        }
        CapturedTree tree;
        List<String> notes;
        try (CaptureStages stages =
                new CaptureStages(repository, plan.dryRun(), parent, this::snapshotIfThere, progress, cancellation)) {
            TreeIntake intake = new TreeIntake(stages, tally, progress, cancellation);
            source.bring(intake);
            tree = stages.finish(tally);
            notes = intake.notes();
        }
        return ending(plan, plan.paths(), start, tree, head, parent, notes);
    }

    private static BringPlan about(CapturePlan plan) {
        return new BringPlan(plan.branch(), plan.tags(), List.of(), plan.dryRun(), plan.host(), plan.user());
    }

    /** Names the tree by a snapshot and moves the branch to it, but for a dry run. */
    private CaptureResult ending(
            BringPlan plan,
            List<byte[]> paths,
            Instant start,
            CapturedTree tree,
            @Nullable ObjectId parentHead,
            @Nullable SnapshotRecord parent,
            List<String> notes) {
        ObjectId head = parentHead;
        CaptureTally tally = tree.tally();
        ObjectId snapshot = null;
        long bytesStored = tree.bytesStored();
        if (!plan.dryRun()) {
            SnapshotDescription description = describe(plan, paths, start, tree.totals(), tally.unreadable());
            Moved moved = move(plan.branch(), tree.root(), description, head);
            snapshot = moved.snapshot();
            head = moved.parent();
            bytesStored += moved.bytesStored();
        }
        return new CaptureResult(
                snapshot,
                tree.root(),
                plan.branch(),
                head,
                tally.files(),
                tally.directories(),
                tally.bytes(),
                tally.filesNew(),
                tally.filesChanged(),
                tally.filesUnmodified(),
                tree.chunksNew(),
                tree.bytesNew(),
                bytesStored,
                tally.errors(),
                tally.errorCount(),
                tally.unreadable(),
                notes(notes, tally, tree.lostPages() > 0 || (parentHead != null && parent == null)),
                parent == null || same(paths, parent.description().paths())
                        ? List.of()
                        : parent.description().paths(),
                tally.excluded(),
                tally.excludedBefore());
    }

    private static List<String> notes(List<String> ofSource, CaptureTally tally, boolean isDamaged) {
        List<String> notes = new ArrayList<>(ofSource);
        notes.addAll(tally.notes());
        if (isDamaged) {
            notes.add(
                    "the previous snapshot is damaged: what of it could not be read was read anew from the source, and"
                            + " stored again; 'cairn verify --data' tells what else is damaged");
        }
        return notes;
    }

    private SnapshotDescription describe(
            BringPlan plan, List<byte[]> paths, Instant time, SnapshotDescription.Totals totals, long unreadable) {
        return new SnapshotDescription(
                time, plan.host(), plan.user(), paths, plan.tags(), totals, unreadable, repository.program());
    }

    /** A move that was done. */
    private record Moved(ObjectId snapshot, @Nullable ObjectId parent, long bytesStored) {}

    /** Makes the snapshot and moves the branch. Who comes second takes the first one's snapshot as the parent, and tries again. */
    private Moved move(String branch, ObjectId root, SnapshotDescription description, @Nullable ObjectId head) {
        ObjectStore store = repository.store();
        ObjectId parent = head;
        long bytesStored = 0;
        for (int attempt = 0; attempt < MOVES_MAX; attempt++) {
            List<RetainedSnapshot> retained = store.snapshots();
            long last = retained.isEmpty() ? 0 : retained.getLast().sequence();
            List<ObjectId> parents = parent == null ? List.of() : List.of(parent);
            SnapshotCodec.Sealed sealed = codec.seal(
                    repository.sealer(),
                    repository.replica(),
                    List.of(root),
                    new RecordHeader.Lineage(last + 1, parents),
                    description);
            bytesStored += store.commit(List.of(sealed.record())).bytesStored();
            ObjectId snapshot = sealed.snapshot().id();
            OperationId operation = new OperationId(random.nextLong(), random.nextLong());
            switch (store.move(new BranchMove(branch, parent, snapshot, List.of(), operation))) {
                case BranchMove.Outcome.Moved moved -> {
                    return new Moved(snapshot, parent, bytesStored);
                }
                case BranchMove.Outcome.Conflict(Branch current) ->
                    parent = current == null ? null : current.snapshot();
                case BranchMove.Outcome.Deleted deleted ->
                    throw new IllegalStateException("a move to a snapshot that deleted " + deleted.last());
            }
        }
        throw new StoreBusyException("branch " + branch, 0);
    }

    /** Reads the snapshot that a branch points at, from the first provider that gives it whole. */
    private SnapshotRecord snapshot(ObjectId id) {
        CorruptDataException damage = null;
        for (RecordRef ref : repository.store().providers(id)) {
            String where = "record " + ref.sequence();
            try {
                return codec.open(repository.sealer().open(repository.store().read(ref), where), where);
            } catch (CorruptDataException e) {
                damage = e;
            }
        }
        throw Optional.ofNullable(damage)
                .orElseGet(() -> new CorruptDataException("snapshot " + id, "a record that provides it", "none"));
    }

    /** A head that is damaged is still the parent of what comes, but says nothing of what was captured before. */
    private @Nullable SnapshotRecord snapshotIfWhole(ObjectId id) {
        try {
            return snapshot(id);
        } catch (CorruptDataException e) {
            return null;
        }
    }

    private @Nullable SnapshotRecord snapshotIfThere(ObjectId id) {
        try {
            return snapshot(id);
        } catch (StoreException e) {
            return null;
        }
    }

    private static boolean same(List<byte[]> a, List<byte[]> b) {
        return a.size() == b.size()
                && java.util.stream.IntStream.range(0, a.size()).allMatch(i -> Arrays.equals(a.get(i), b.get(i)));
    }
}
