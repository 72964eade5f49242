package dev.cairn.cas.snapshot.archive;

import dev.cairn.cas.manifest.EntryPath;

/**
 * Something that an archive does not have as the snapshot has it, since its format cannot say it.
 *
 * @param path in the snapshot
 * @param reason in words
 * @param leftOut whether nothing of it is in the archive
 */
public record ExportLoss(EntryPath path, String reason, boolean leftOut) {

    /** For people. */
    @Override
    public String toString() {
        return path + ": " + reason + (leftOut ? " (left out)" : "");
    }
}
