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
import java.io.IOException;
import java.util.NoSuchElementException;

/**
 * Restores a snapshot, or a part of one, into a folder.
 *
 * <p>A file whose data is damaged, or that cannot be written, is left out, or left as it was, and listed; the others are
 * restored. What makes all further writing pointless, such as a full disk, ends the restore. A run that was cut off leaves
 * whole files and at most one temporary name; the next run goes on from there.
 *
 * <p>Memory: one chunk and one run at a time, a page of the manifest a level, the folders on the way down.
 */
public final class Restore {

    private final ObjectSource objects;

    /** Restores from {@code objects}. */
    public Restore(ObjectSource objects) {
        this.objects = objects;
    }

    /**
     * Restores.
     *
     * @throws CorruptDataException if the manifest is damaged or lies about its shape; files before that place are restored
     * @throws StoreFullException if the target is full
     * @throws StoreAccessException if the target cannot be opened or written at all
     * @throws NoSuchElementException if the manifest has nothing at the plan's top
     * @throws java.util.concurrent.CancellationException if it was told to stop
     */
    public RestoreResult run(RestorePlan plan, RestoreProgress progress, Cancellation cancellation) {
        MerkleMap<Entry> manifest = MerkleMap.ofEntries(plan.manifest(), objects);
        Entry top = manifest.get(plan.top()).orElseThrow(() -> new NoSuchElementException("nothing at " + plan.top()));
        RestoreTally tally = new RestoreTally(progress);
        try (Directory target = TargetRoot.open(plan.target(), !plan.dryRun())) {
            TreeRemoval removal = TreeRemoval.keeping(plan.keptFolders());
            RestorePass.Place place = new RestorePass.Place(
                    manifest, plan.top(), top.isDirectory() ? plan.top() : parentOf(plan.top()), target);
            FileRestorer files = new FileRestorer(plan, objects, removal, tally, progress, cancellation);
            new ContentPass(place, plan, files, removal, tally, progress, cancellation).run();
            if (!plan.dryRun()) {
                new FinishingPass(place, plan, files, objects, tally, progress, cancellation).run();
            }
            if (plan.verify() && !plan.dryRun()) {
                new VerifyingPass(place, plan, objects, tally, progress, cancellation).run();
            }
        } catch (PosixException e) {
            throw fatal(e, plan.target());
        } catch (IOException e) {
            throw new StoreAccessException(
                    "cannot write to " + RawName.display(plan.target()) + ": " + e.getMessage(), "", e);
        }
        return tally.result();
    }

    private static EntryPath parentOf(EntryPath path) {
        EntryPath parent = path.parent();
        return parent == null ? EntryPath.ROOT : parent;
    }

    private static RuntimeException fatal(PosixException e, byte[] target) {
        String place = RawName.display(target);
        return switch (e.errno()) {
            case ENOSPC, EDQUOT -> new StoreFullException(place, 0, e);
            case ENOENT ->
                new StoreAccessException("the target " + place + " is not there", "Without --dry-run it is made.", e);
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
}
