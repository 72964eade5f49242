package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.StoreFullException;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.MerkleMap;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.PosixException;
import dev.cairn.cas.posix.RawName;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Restores a snapshot, or a part of one, into a folder.
 *
 * <p>A file whose data is damaged, or that cannot be written, is left out, or left as it was, and listed; the others are
 * restored. So are those that stand in pages of the manifest beside a damaged one, but nothing is removed any more then. What makes all further writing pointless, such as a full disk, ends the restore. A run that was cut off leaves
 * whole files and at most one temporary name; the next run goes on from there.
 *
 * <p>Files are made by several threads; what is restored, counted and told is what one thread would have done, in path order,
 * and told on the caller's thread. May itself be used from any thread, for several runs at once that have targets of their own.
 *
 * <p>Memory: a run for each thread and those that the source keeps, 256 entries that wait for their turn, a page of the manifest
 * a level, the folders on the way down.
 */
public final class Restore {

    /** What the target is made with until its own mode is set: what is private in it is private from the start. */
    private static final int MODE_WHILE_FILLED = 0700;

    private static final int MODE_BESIDE_A_FILE = 0777;

    private final ObjectSource objects;
    private final TargetAccess access;
    private final int threads;

    /** Restores from {@code objects}. */
    public Restore(ObjectSource objects) {
        this(objects, TargetAccess.SYSTEM);
    }

    Restore(ObjectSource objects, TargetAccess access) {
        this(objects, access, Workers.threadsOfMachine());
    }

    /** @param threads how many make files ahead; with one, everything is done in its turn */
    Restore(ObjectSource objects, TargetAccess access, int threads) {
        this.objects = objects;
        this.access = access;
        this.threads = threads;
    }

    /**
     * Restores.
     *
     * @throws CorruptDataException if the manifest has no page that opens, or lies about its shape; files before that place are
     *     restored
     * @throws StoreFullException if the target is full
     * @throws StoreAccessException if the target cannot be opened or written at all, or stands in a folder that is kept
     * @throws NoSuchElementException if the manifest has nothing at the plan's top
     * @throws java.util.concurrent.CancellationException if it was told to stop
     */
    public RestoreResult run(RestorePlan plan, RestoreProgress progress, Cancellation cancellation) {
        MerkleMap<Entry> manifest = MerkleMap.ofEntries(plan.manifest(), objects);
        boolean folder = isFolder(manifest, plan);
        RestoreTally tally = new RestoreTally(progress);
        try {
            KeptFolders kept = KeptFolders.find(plan.keptFolders(), access);
            if (kept.cover(plan.target())) {
                throw new StoreAccessException(
                        "the target " + RawName.display(plan.target()) + " is part of the repository itself",
                        "Choose another target.",
                        null);
            }
            try (Directory target = open(plan, folder)) {
                EntryPath base = folder ? plan.top() : parentOf(plan.top());
                RestorePass.Place place = new RestorePass.Place(manifest, plan.top(), base, target, kept);
                run(plan, place, tally, progress, cancellation);
            }
        } catch (PosixException e) {
            throw fatal(e, plan.target());
        } catch (IOException e) {
            throw new StoreAccessException(
                    "cannot write to " + RawName.display(plan.target()) + ": " + e.getMessage(), "", e);
        }
        return tally.result();
    }

    private void run(
            RestorePlan plan,
            RestorePass.Place place,
            RestoreTally tally,
            RestoreProgress progress,
            Cancellation cancellation)
            throws IOException {
        TreeRemoval removal = new TreeRemoval(place.kept(), plan.dryRun(), cancellation);
        FileRestorer files = new FileRestorer(plan, objects, removal, tally, progress, cancellation);
        try (ContentPass pass =
                new ContentPass(place, plan, objects, threads, files, removal, tally, progress, cancellation)) {
            pass.run();
        }
        if (!plan.dryRun()) {
            new FinishingPass(place, plan, files, objects, tally, progress, cancellation).run();
        }
        if (plan.verify() && !plan.dryRun()) {
            new VerifyingPass(place, plan, objects, tally, progress, cancellation).run();
        }
    }

    /** The target, null where there is none yet and none shall be made. */
    private @Nullable Directory open(RestorePlan plan, boolean folder) throws IOException {
        if (plan.dryRun()) {
            return TargetRoot.openIfPresent(access, plan.target());
        }
        int mode = folder ? MODE_WHILE_FILLED : MODE_BESIDE_A_FILE;
        return TargetRoot.openOrMake(access, plan.target(), mode);
    }

    /** Whether what shall be restored is a folder. */
    private static boolean isFolder(MerkleMap<Entry> manifest, RestorePlan plan) {
        Optional<Entry> top;
        try {
            top = manifest.get(plan.top());
        } catch (CorruptDataException e) {
            if (!plan.top().isRoot() || manifest.size() == 0) {
                throw e;
            }
            // The page that tells is damaged; others may not be.
            return true;
        }
        return top.orElseThrow(() -> missing(plan)).isDirectory();
    }

    private static RuntimeException missing(RestorePlan plan) {
        return plan.top().isRoot()
                ? CorruptDataException.because("manifest " + plan.manifest(), "it has no root folder", null)
                : new NoSuchElementException("nothing at " + plan.top());
    }

    private static EntryPath parentOf(EntryPath path) {
        EntryPath parent = path.parent();
        return parent == null ? EntryPath.ROOT : parent;
    }

    private static RuntimeException fatal(PosixException e, byte[] target) {
        String place = RawName.display(target);
        return switch (e.errno()) {
            case ENOSPC, EDQUOT -> new StoreFullException(place, freeBytes(target), e);
            case ENOTDIR, ELOOP ->
                new StoreAccessException("the target " + place + " is not a folder", "Name a folder.", e);
            case EROFS ->
                new StoreAccessException(
                        "the target " + place + " is on a read-only file system", "Choose another target.", e);
            case EACCES, EPERM ->
                new StoreAccessException(
                        "the target " + place + " cannot be written: " + e.reason(),
                        "Choose a target of your own, or run as a user who may write there.",
                        e);
            default -> new StoreAccessException("writing to " + place + " failed: " + e.getMessage(), "", e);
        };
    }

    /** Bytes that are free for this user where the target is; 0 if that cannot be found out. */
    private static long freeBytes(byte[] target) {
        String path = RawName.decode(target);
        try {
            return path == null ? 0 : Files.getFileStore(Path.of(path)).getUsableSpace();
        } catch (IOException | InvalidPathException e) {
            return 0;
        }
    }
}
