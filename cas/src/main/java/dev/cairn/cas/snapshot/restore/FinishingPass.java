package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.EntryType;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.snapshot.Cancellation;
import java.io.IOException;

/** The second pass: symbolic links, and the attributes of each folder once everything in it is done. */
final class FinishingPass extends RestorePass {

    private final Attributes attributes;
    private final LinkGroups links;

    FinishingPass(
            Place place,
            RestorePlan plan,
            FileRestorer files,
            ObjectSource objects,
            RestoreTally tally,
            RestoreProgress progress,
            Cancellation cancellation) {
        super(place, plan, tally, progress, cancellation);
        this.attributes = new Attributes(objects, tally);
        this.links = new LinkGroups(place, folders, files, plan.dryRun());
    }

    /** One that is not there was reported by the pass before. */
    @Override
    boolean folder(Directory parent, Entry entry, EntryPath path) throws IOException {
        return isOpenFolder(parent.statIfPresent(path.name()));
    }

    @Override
    void file(Directory parent, Entry entry, EntryPath path) throws IOException {
        if (entry.type() == EntryType.SYMLINK) {
            FolderAccess.in(parent, () -> links.restore(parent, entry, path, null));
        }
    }

    @Override
    void beneathClosed(Entry entry, EntryPath path) {
        links.lost(entry);
    }

    @Override
    void leaving(TargetFolders.Folder folder) throws IOException {
        if (!isStandIn(folder.entry())) {
            attributes.apply(folder.entry(), AttributeTarget.of(folders.open(folder)));
        }
    }
}
