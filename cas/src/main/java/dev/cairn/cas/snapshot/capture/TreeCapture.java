package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.manifest.ChunkListBuilder;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.MerkleMapBuilder;
import dev.cairn.cas.manifest.PageBoundary;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.RawName;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.SnapshotDescription;
import dev.cairn.cas.snapshot.SnapshotRecord;
import dev.cairn.cas.snapshot.base.OldPages;
import dev.cairn.cas.snapshot.base.SimilarityIndex;
import dev.cairn.cas.snapshot.base.SuperFeatures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Brings the sources of one capture into the store, as a manifest. Puts the stages together; for one use. */
final class TreeCapture {

    private static final long UNDER_WAY_BYTES_MIN = 8L << 20;

    private final CaptureStore repository;
    private final FileSystemAccess access;
    private final CapturePlan plan;
    private final Sources sources;
    private final @Nullable NamedStream stream;
    private final Instant start;
    private final CaptureProgress progress;
    private final Cancellation cancellation;
    private final Function<ObjectId, @Nullable SnapshotRecord> snapshots;
    private final CaptureTally tally;
    private final StatCache statCache;
    private final SimilarityIndex similarities;

    /** Pages of the previous snapshot that could not be read. */
    private long lostPages;

    TreeCapture(
            CaptureStore repository,
            FileSystemAccess access,
            CapturePlan plan,
            Sources sources,
            @Nullable NamedStream stream,
            CaptureProgress progress,
            Cancellation cancellation,
            Function<ObjectId, @Nullable SnapshotRecord> snapshots,
            Instant start) {
        this.snapshots = snapshots;
        this.repository = repository;
        this.access = access;
        this.plan = plan;
        this.sources = sources;
        this.stream = stream;
        this.start = start;
        this.progress = progress;
        this.cancellation = cancellation;
        this.tally = new CaptureTally(progress);
        this.statCache = new StatCache(
                repository.store().local(StatCache.TABLE),
                repository.keys().localKey(),
                base(sources),
                start,
                plan.dryRun());
        this.similarities = new SimilarityIndex(repository.store().local(SimilarityIndex.TABLE), plan.dryRun());
    }

    /**
     * Captures. When it returns, everything below the root is durable.
     *
     * @param parent the previous snapshot of the branch
     */
    CapturedTree capture(@Nullable SnapshotRecord parent) {
        ObjectStore store = repository.store();
        RecordTarget target = plan.dryRun() ? new RecordTarget.Tried(store) : new RecordTarget.Stored(store);
        long heap = Runtime.getRuntime().maxMemory();
        long underWayBytesMax = Math.clamp(heap / 4, UNDER_WAY_BYTES_MIN, Capture.UNDER_WAY_BYTES_MAX);
        int threads = Runtime.getRuntime().availableProcessors();
        try (SizeScan scan = expect(parent);
                SealingLine line = new SealingLine(target, threads, underWayBytesMax, cancellation)) {
            OldPages objects = new OldPages(repository.objects());
            DeltaSealing deltas = new DeltaSealing(store, repository.sealer(), repository.objects());
            ObjectIntake intake = new ObjectIntake(repository.sealer(), target, line, deltas, objects);
            OlderVersions older = new OlderVersions(objects, deltas::mayBuildOn, snapshots, parent, cancellation);
            boolean isFirst = store.snapshots().isEmpty();
            SimilarVersions similar =
                    new SimilarVersions(similarities, !isFirst, repository.objects(), deltas::mayBuildOn, cancellation);
            ObjectId root = record(intake, objects, older, similar, parent, new HardLinks(heap / 8));
            scan.stop();
            intake.flush();
            line.finish();
            statCache.flush();
            similarities.flush();
            return new CapturedTree(root, tally, intake.chunksNew(), intake.bytesNew(), line.bytesStored(), lostPages);
        }
    }

    private ObjectId record(
            ObjectIntake intake,
            ObjectSource objects,
            OlderVersions older,
            SimilarVersions similar,
            @Nullable SnapshotRecord parent,
            HardLinks hardLinks) {
        PageBoundary boundary =
                PageBoundary.keyed(repository.keys().manifestKey().copy());
        MerkleMapBuilder<Entry> manifest = MerkleMapBuilder.ofEntries(intake, boundary);
        ContentReader contents = new ContentReader(
                repository.cutter(),
                intake,
                similar,
                new SuperFeatures(repository.keys().localKey()),
                () -> new ChunkListBuilder(intake, boundary),
                cancellation,
                progress::bytes);
        OlderEntries before = new OlderEntries(repository.store(), objects, parent == null ? null : parent.manifest());
        PreviousEntries previous =
                new PreviousEntries(before.iterator(), entry -> SnapshotRecorder.gone(entry, tally, statCache));
        SnapshotRecorder recorder = new SnapshotRecorder(
                new FileRecorder(
                        contents, intake, statCache, before::isWhole, OwnerNames.system(), tally, progress, older),
                previous,
                before::at,
                manifest::add,
                statCache,
                hardLinks,
                tally,
                progress,
                cancellation,
                new SnapshotRecorder.Scope(excludes(new ExcludeFaults(tally)), plan.allowEmpty()));
        if (stream == null) {
            walk(new TreeWalk(access, recorder, plan.oneFileSystem()));
        } else {
            recorder.stream(stream, process(), start);
        }
        previous.passOverRest();
        lostPages = before.lostPages();
        if (hardLinks.refused() > 0) {
            tally.failed(new CaptureError(
                    EntryPath.ROOT,
                    "link",
                    hardLinks.refused()
                            + " files with hard links were captured one by one: there are too many to remember",
                    CaptureError.Kept.DOUBTFUL));
        }
        return manifest.finish();
    }

    /** Who this process is, as its folder of the system tells. */
    private FileStat process() {
        try (Directory self = access.open(RawName.of("/proc/self"))) {
            return self.stat();
        } catch (IOException e) {
            throw new SourceException(
                    "it cannot be found out who captures this: " + e.getMessage(), "Nothing was added to the branch.");
        }
    }

    private void walk(TreeWalk walk) {
        try {
            if (sources.single()) {
                walk.walkFolder(sources.paths().getFirst());
            } else {
                walk.walkSources(SourceTree.of(sources.paths()));
            }
        } catch (IOException e) {
            throw new SourceException(
                    "a source cannot be opened any more: " + e.getMessage(), "Nothing was added to the branch.");
        }
    }

    private ExcludeScope excludes(ExcludeScope.Faults faults) {
        return new ExcludeScope(plan.excludes(), sources.repositories(), faults);
    }

    /** Rules that are not followed, as a person hears of them. */
    private record ExcludeFaults(CaptureTally tally) implements ExcludeScope.Faults {
        @Override
        public void unreadable(EntryPath file, IOException reason) {
            tally.failed(CaptureError.of(file, reason, CaptureError.Kept.DOUBTFUL));
        }

        @Override
        public void refused(EntryPath file, int line, String reason) {
            tally.note("%s, line %,d is passed over: %s".formatted(file, line, reason));
        }
    }

    /** The previous snapshot says how much to expect; without one, and with somebody to tell, a count runs ahead. */
    private SizeScan expect(@Nullable SnapshotRecord parent) {
        if (parent != null) {
            SnapshotDescription.Totals totals = parent.description().totals();
            progress.expected(totals.files(), totals.bytes());
        }
        boolean wanted = parent == null && stream == null && progress.wantsExpected();
        SizeScan scan = new SizeScan(progress, excludes(ExcludeScope.Faults.NONE));
        if (wanted) {
            scan.start(() -> walk(new TreeWalk(access, scan, plan.oneFileSystem())));
        }
        return scan;
    }

    /** The names of the folder that the root of the snapshot stands for, joined by zero bytes. */
    private static byte[] base(Sources sources) {
        ByteArrayOutputStream base = new ByteArrayOutputStream();
        if (sources.single()) {
            for (byte[] name : sources.paths().getFirst().components()) {
                if (base.size() > 0) {
                    base.write(0);
                }
                base.writeBytes(name);
            }
        }
        return base.toByteArray();
    }
}
