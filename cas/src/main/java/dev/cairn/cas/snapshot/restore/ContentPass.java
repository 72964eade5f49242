package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.EntryType;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.FileType;
import dev.cairn.cas.snapshot.Cancellation;
import java.io.IOException;

/**
 * The first pass: removes what the snapshot does not have, if asked to, makes folders with room for their owner to work in, and
 * restores all that is neither folder nor symbolic link.
 */
final class ContentPass extends RestorePass implements AutoCloseable {

    private final LinkGroups links;
    private final Surplus surplus;
    private final Lookahead ahead;

    /** Whether the folder that was asked for last was made just now. */
    private boolean isNewFolder;

    ContentPass(
            Place place,
            RestorePlan plan,
            ObjectSource objects,
            int threads,
            FileRestorer files,
            TreeRemoval removal,
            RestoreTally tally,
            RestoreProgress progress,
            Cancellation cancellation) {
        super(place, plan, tally, progress, cancellation);
        this.links = new LinkGroups(place, folders, files, plan.dryRun());
        this.surplus = new Surplus(plan, removal, tally, progress, this::finishTurns);
        this.ahead = new Lookahead(plan, objects, folders, threads, progress, cancellation);
    }

    @Override
    void inTurn(Runnable deed) {
        ahead.add(deed);
    }

    @Override
    void finishTurns() throws IOException {
        ahead.finish();
    }

    @Override
    public void close() throws IOException {
        ahead.close();
    }

    /** What the snapshot has there is not known, so nothing is removed any more. */
    @Override
    public void page(EntryPath last, long entries, CorruptDataException damage) {
        surplus.stop();
        fail(new RestoreError(
                last,
                "read",
                "%s: %s; with that page %,d entries up to this one are lost"
                        .formatted(damage.where(), damage.reason(), entries),
                true));
    }

    @Override
    public void folder(Entry standIn) {
        super.folder(standIn);
        fail(new RestoreError(standIn.path(), "attributes", "they were lost with a page of the manifest", true));
    }

    @Override
    public void entry(Entry entry, String reason) {
        fail(new RestoreError(entry.path(), "restore", reason, true));
    }

    private void fail(RestoreError error) {
        inTurn(() -> tally.fail(error));
    }

    @Override
    void atRoot() throws IOException {
        surplus.enter(folders.open(folders.top()), EntryPath.ROOT);
    }

    @Override
    boolean folder(Directory parent, Entry entry, EntryPath path) throws IOException {
        surplus.keep(parent, path);
        isNewFolder = false;
        byte[] name = path.name();
        FileStat present = parent.statIfPresent(name);
        if (present != null && present.type() == FileType.DIRECTORY) {
            if (!isOpenFolder(present)) {
                throw new IOException("a repository in use stands in its place, and is left alone");
            }
            return true;
        }
        if (present != null && plan.overwrite() == Overwrite.NEVER) {
            throw new IOException("something that is no folder stands in its place; --overwrite never leaves it");
        }
        if (!plan.dryRun()) {
            FolderAccess.in(parent, () -> {
                if (present != null) {
                    parent.removeFile(name);
                }
                parent.createDirectory(name, FolderAccess.OWNER_ALL);
            });
        }
        isNewFolder = !plan.dryRun();
        tally.directories++;
        inTurn(() -> progress.restored(entry.path(), true));
        return !plan.dryRun();
    }

    @Override
    void enter(Entry entry, EntryPath path) throws IOException {
        Directory parent = folders.open(folders.top());
        if (plan.dryRun()) {
            folders.enter(path, entry);
        } else {
            FolderAccess.entering(parent, path, () -> folders.enter(path, entry));
        }
        if (isNewFolder) {
            folders.top().markNew();
        }
        surplus.enter(folders.open(folders.top()), path);
    }

    @Override
    void file(Directory parent, Entry entry, EntryPath path) throws IOException {
        surplus.keep(parent, path);
        // A dry run has no other pass in which links would be counted.
        if (plan.dryRun()) {
            links.restore(parent, entry, path, null);
        } else if (entry.type() != EntryType.SYMLINK) {
            boolean isNew = !folders.isEmpty() && folders.top().isNew();
            ahead.add(parent, isNew, entry, path.name(), prepared -> {
                boolean _ = guarded(
                        entry, () -> FolderAccess.in(parent, () -> links.restore(parent, entry, path, prepared)));
            });
        }
    }

    @Override
    void leaving(TargetFolders.Folder folder) throws IOException {
        if (plan.delete() && (surplus.isLeft(folder.path()) || !folders.isOpen(folder))) {
            // Opening it again tells whether what was put into it went where it should.
            finishTurns();
            surplus.leave(folders.open(folder), folder.path());
        }
    }

    @Override
    void beneathClosed(Entry entry, EntryPath path) {
        if (!folders.isEmpty() && !folders.top().isYetToBeMade()) {
            inTurn(() -> links.lost(entry));
            fail(new RestoreError(entry.path(), "restore", "its folder could not be made", false));
        } else if (entry.isDirectory()) {
            tally.directories++;
        } else {
            links.count(entry, path);
        }
    }
}
