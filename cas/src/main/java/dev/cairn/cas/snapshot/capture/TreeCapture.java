package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.RawName;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.SnapshotDescription;
import dev.cairn.cas.snapshot.SnapshotRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Brings the sources of one capture into the store, as a manifest. Puts the stages together; for one use. */
final class TreeCapture {

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
    }

    /**
     * Captures. When it returns, everything below the root is durable.
     *
     * @param parent the previous snapshot of the branch
     */
    CapturedTree capture(@Nullable SnapshotRecord parent) {
        try (SizeScan scan = expect(parent);
                CaptureStages stages =
                        new CaptureStages(repository, plan.dryRun(), parent, snapshots, progress, cancellation)) {
            record(stages, new HardLinks(Runtime.getRuntime().maxMemory() / 8));
            scan.stop();
            CapturedTree tree = stages.finish(tally);
            statCache.flush();
            return tree;
        }
    }

    private void record(CaptureStages stages, HardLinks hardLinks) {
        OlderEntries before = stages.before();
        PreviousEntries previous =
                new PreviousEntries(before.iterator(), entry -> SnapshotRecorder.gone(entry, tally, statCache));
        SnapshotRecorder recorder = new SnapshotRecorder(
                new FileRecorder(
                        stages.contents(),
                        stages.intake(),
                        statCache,
                        before::isWhole,
                        OwnerNames.system(),
                        tally,
                        progress,
                        stages.older()),
                previous,
                before::at,
                stages.manifest()::add,
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
        if (hardLinks.refused() > 0) {
            tally.failed(new CaptureError(
                    EntryPath.ROOT,
                    "link",
                    hardLinks.refused()
                            + " files with hard links were captured one by one: there are too many to remember",
                    CaptureError.Kept.DOUBTFUL));
        }
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
        long after = progress.expectedAfterMillis();
        boolean wanted = parent == null && stream == null && after != CaptureProgress.NEVER;
        SizeScan scan = new SizeScan(progress, excludes(ExcludeScope.Faults.NONE));
        if (wanted) {
            scan.start(after, () -> walk(new TreeWalk(access, scan, plan.oneFileSystem())));
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
