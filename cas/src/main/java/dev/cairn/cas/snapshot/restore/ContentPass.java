package dev.cairn.cas.snapshot.restore;

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
final class ContentPass extends RestorePass {

    private static final int OWNER_ALL = 0700;

    private final LinkGroups links;
    private final Surplus surplus;

    ContentPass(
            Place place,
            RestorePlan plan,
            FileRestorer files,
            TreeRemoval removal,
            RestoreTally tally,
            RestoreProgress progress,
            Cancellation cancellation) {
        super(place, plan, tally, progress, cancellation);
        this.links = new LinkGroups(place, folders, files);
        this.surplus = new Surplus(plan, removal, tally, progress);
    }

    @Override
    void atRoot(Entry entry) throws IOException {
        surplus.enter(folders.open(folders.top()));
    }

    @Override
    boolean folder(Directory parent, Entry entry, EntryPath path) throws IOException {
        surplus.keep(parent, path);
        byte[] name = path.name();
        FileStat present = parent.statIfPresent(name);
        if (present != null && present.type() != FileType.DIRECTORY) {
            if (plan.overwrite() == Overwrite.NEVER) {
                throw new IOException("something that is no folder stands in its place; --overwrite never leaves it");
            }
            if (!plan.dryRun()) {
                parent.removeFile(name);
            }
            present = null;
        }
        if (present == null) {
            tally.directories++;
            progress.restored(entry.path(), true);
            if (plan.dryRun()) {
                return false;
            }
            parent.createDirectory(name, OWNER_ALL);
        } else if ((present.mode() & OWNER_ALL) != OWNER_ALL && !plan.dryRun()) {
            parent.chmod(name, present.mode() | OWNER_ALL);
        }
        return true;
    }

    @Override
    void entered(EntryPath path) throws IOException {
        surplus.enter(folders.open(folders.top()));
    }

    @Override
    void file(Directory parent, Entry entry, EntryPath path) throws IOException {
        surplus.keep(parent, path);
        if (entry.type() != EntryType.SYMLINK) {
            links.restore(parent, entry, path);
        }
    }

    @Override
    void leaving(TargetFolders.Folder folder) throws IOException {
        surplus.leave(folders.open(folder), folder.path());
    }

    @Override
    void beneathUnusable(Entry entry) {
        if (!plan.dryRun()) {
            tally.fail(new RestoreError(entry.path(), "restore", "its folder could not be made", false));
        } else if (entry.isDirectory()) {
            tally.directories++;
        } else {
            tally.files++;
        }
    }
}
