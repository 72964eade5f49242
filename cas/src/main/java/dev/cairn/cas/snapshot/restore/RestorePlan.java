package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.manifest.EntryPath;
import java.util.List;

/**
 * What to restore, and how. The arrays are not copied.
 *
 * @param manifest root of the manifest
 * @param top what to restore of it. A folder's content becomes the target's; anything else is put into the target under its
 *     own name
 * @param target path of a folder, bytes; made if it is missing, with the folders above it
 * @param overwrite what becomes of files that are there
 * @param delete whether to remove from the target what the snapshot does not have
 * @param verify whether to read everything back and compare, files that were left alone too
 * @param dryRun whether to write nothing, not even a missing target, and only count what would be
 * @param keptFolders folders that are neither removed nor written into, above all the repository's own, by path
 */
public record RestorePlan(
        ObjectId manifest,
        EntryPath top,
        byte[] target,
        Overwrite overwrite,
        boolean delete,
        boolean verify,
        boolean dryRun,
        List<byte[]> keptFolders) {

    public RestorePlan {
        keptFolders = List.copyOf(keptFolders);
    }

    /** Everything of a manifest, into {@code target}, where it differs. */
    public static RestorePlan of(ObjectId manifest, byte[] target) {
        return new RestorePlan(manifest, EntryPath.ROOT, target, Overwrite.CHANGED, false, false, false, List.of());
    }
}
