package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.manifest.ChunkListBuilder;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.MerkleMapBuilder;
import dev.cairn.cas.manifest.PageBoundary;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.SnapshotRecord;
import dev.cairn.cas.snapshot.Workers;
import dev.cairn.cas.snapshot.base.OldPages;
import dev.cairn.cas.snapshot.base.SimilarityIndex;
import dev.cairn.cas.snapshot.base.SuperFeatures;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The stages that bring contents and entries of one capture into the store, wherever they come from: cut, name, seal, store, and the
 * manifest's builder at the end. For one use, on one thread.
 */
final class CaptureStages implements AutoCloseable {

    private static final long UNDER_WAY_BYTES_MIN = 8L << 20;

    /** Records that are kept open, tables of an older version, pages, and all else that is there once. */
    private static final long HEAP_APART = 72L << 20;

    /** Of a thread that seals, one that cuts, and what is under way for them. The launcher gives as much for each processor. */
    private static final long HEAP_PER_THREAD = 40L << 20;

    private final SealingLine line;

    /** They cut large files. Null where there is one thread only. */
    private final @Nullable Workers cutting;

    private final ObjectIntake intake;
    private final ContentReader contents;
    private final OlderVersions older;
    private final MerkleMapBuilder<Entry> manifest;
    private final SimilarityIndex similarities;
    private final OlderEntries before;

    /**
     * @param parent the previous snapshot of the branch
     * @param snapshots reads a snapshot; null if it is not there any more
     * @param progress hears of bytes of contents
     */
    CaptureStages(
            CaptureStore repository,
            boolean dryRun,
            @Nullable SnapshotRecord parent,
            Function<ObjectId, @Nullable SnapshotRecord> snapshots,
            CaptureProgress progress,
            Cancellation cancellation) {
        ObjectStore store = repository.store();
        RecordTarget target = dryRun ? new RecordTarget.Tried(store) : new RecordTarget.Stored(store);
        long heap = Runtime.getRuntime().maxMemory();
        long underWayBytesMax = Math.clamp(heap / 12, UNDER_WAY_BYTES_MIN, Capture.UNDER_WAY_BYTES_MAX);
        int threads = Workers.threadsWithin(HEAP_APART, HEAP_PER_THREAD);
        similarities = new SimilarityIndex(store.local(SimilarityIndex.TABLE), dryRun);
        OldPages objects = new OldPages(repository.objects());
        DeltaSealing deltas = new DeltaSealing(store, repository.sealer(), repository.objects());
        line = new SealingLine(target, threads, underWayBytesMax, cancellation);
        intake = new ObjectIntake(repository.sealer(), target, line, deltas, objects);
        older = new OlderVersions(objects, deltas::mayBuildOn, snapshots, parent, cancellation);
        boolean isFirst = store.snapshots().isEmpty();
        SimilarVersions similar =
                new SimilarVersions(similarities, !isFirst, repository.objects(), deltas::mayBuildOn, cancellation);
        PageBoundary boundary =
                PageBoundary.keyed(repository.keys().manifestKey().copy());
        manifest = MerkleMapBuilder.ofEntries(intake, boundary);
        cutting = threads > 1 ? new Workers("cairn-cut", threads, line::isCrowded) : null;
        contents = new ContentReader(
                repository.cutter(),
                repository.sealer().hasher(),
                cutting,
                intake,
                similar,
                new SuperFeatures(repository.keys().localKey()),
                () -> new ChunkListBuilder(intake, boundary),
                cancellation,
                progress::bytes);
        before = new OlderEntries(
                store, repository.objects(), objects, cancellation, parent == null ? null : parent.manifest());
    }

    ObjectIntake intake() {
        return intake;
    }

    ContentReader contents() {
        return contents;
    }

    OlderVersions older() {
        return older;
    }

    MerkleMapBuilder<Entry> manifest() {
        return manifest;
    }

    /** The entries of the previous snapshot. Its pages are remembered, as bases of new ones. */
    OlderEntries before() {
        return before;
    }

    /** Puts the rest of the manifest and waits until everything is durable. */
    CapturedTree finish(CaptureTally tally) {
        ObjectId root = manifest.finish();
        intake.flush();
        line.finish();
        similarities.flush();
        return new CapturedTree(
                root, tally, intake.chunksNew(), intake.bytesNew(), line.bytesStored(), before.lostPages());
    }

    /** Stops what is under way. Idempotent. */
    @Override
    public void close() {
        before.close();
        if (cutting != null) {
            cutting.close();
        }
        line.close();
    }
}
