package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.EntryType;
import dev.cairn.cas.manifest.Metadata;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.FileType;
import dev.cairn.cas.posix.OpenFile;
import dev.cairn.cas.snapshot.Cancellation;
import java.io.IOException;

/** The third pass: reads every file back and compares it with the snapshot, byte for byte. */
final class VerifyingPass extends RestorePass {

    private final ContentComparison comparison;

    VerifyingPass(
            Place place,
            RestorePlan plan,
            ObjectSource objects,
            RestoreTally tally,
            RestoreProgress progress,
            Cancellation cancellation) {
        super(place, plan, tally, progress, cancellation);
        this.comparison = new ContentComparison(objects, cancellation);
    }

    @Override
    boolean folder(Directory parent, Entry entry, EntryPath path) throws IOException {
        return isOpenFolder(parent.statIfPresent(path.name()));
    }

    @Override
    void file(Directory parent, Entry entry, EntryPath path) throws IOException {
        if (entry.type() != EntryType.FILE) {
            return;
        }
        EntryPath first = entry.linkedTo();
        Entry source = first == null
                ? entry
                : place.manifest().get(first).orElseThrow(() -> new IOException("its first link is gone"));
        byte[] name = path.name();
        FileStat present = parent.statIfPresent(name);
        if (present == null) {
            // Left out by the first pass, which said so.
            return;
        }
        if (plan.overwrite() == Overwrite.NEVER && !looksLike(entry, present)) {
            return;
        }
        try (OpenFile file = parent.openFile(name)) {
            long difference = comparison.firstDifference(file, source.requireContent());
            if (difference >= 0) {
                fail(new RestoreError(
                        entry.path(), "verify", "differs from the snapshot at byte " + difference, false));
            } else {
                tally.verified++;
            }
        } catch (CorruptDataException e) {
            fail(RestoreError.of(entry.path(), e));
        }
    }

    /** What could not be restored is not listed a second time for that. */
    private void fail(RestoreError error) {
        if (!tally.hasFailed(error.path())) {
            tally.fail(error);
        }
    }

    private static boolean looksLike(Entry entry, FileStat present) {
        Metadata wanted = entry.metadata();
        return present.type() == FileType.REGULAR
                && present.size() == entry.size()
                && present.mtimeSeconds() == wanted.mtimeSeconds()
                && present.mtimeNanos() == wanted.mtimeNanos();
    }

    @Override
    void leaving(TargetFolders.Folder folder) {}
}
