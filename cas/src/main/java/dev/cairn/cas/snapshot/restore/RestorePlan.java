package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.posix.RawName;
import java.nio.file.Path;
import java.util.ArrayList;
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

    /** Everything of a manifest, into the folder {@code target}, where it differs. */
    public static RestorePlan of(ObjectId manifest, Path target) {
        return of(manifest, RawName.of(target.toString()));
    }

    /** The same of this part of the manifest alone. */
    public RestorePlan withTop(EntryPath other) {
        return new RestorePlan(manifest, other, target, overwrite, delete, verify, dryRun, keptFolders);
    }

    /** The same with another rule for files that are there. */
    public RestorePlan withOverwrite(Overwrite other) {
        return new RestorePlan(manifest, top, target, other, delete, verify, dryRun, keptFolders);
    }

    /** The same that removes from the target what the snapshot does not have, or does not. */
    public RestorePlan withDelete(boolean wanted) {
        return new RestorePlan(manifest, top, target, overwrite, wanted, verify, dryRun, keptFolders);
    }

    /** The same that reads everything back and compares it, or does not. */
    public RestorePlan withVerify(boolean wanted) {
        return new RestorePlan(manifest, top, target, overwrite, delete, wanted, dryRun, keptFolders);
    }

    /** The same that keeps these folders as well, above all the repository's own where it may stand in the target. */
    public RestorePlan withKeptFolders(List<Path> others) {
        List<byte[]> all = new ArrayList<>(keptFolders);
        others.forEach(folder -> all.add(RawName.of(folder.toAbsolutePath().toString())));
        return new RestorePlan(manifest, top, target, overwrite, delete, verify, dryRun, all);
    }
}
