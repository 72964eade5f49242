package dev.cairn.cas.snapshot.restore;

import java.util.List;

/**
 * What a restore did, or would have done.
 *
 * @param files everything that is no folder and was written
 * @param directories folders that were made
 * @param bytes content written, holes not counted
 * @param filesSkipped files that were the same already, or that were to be left alone
 * @param removed names removed because the snapshot does not have them
 * @param verified files whose bytes were read back and compared
 * @param ownersKept whether owners could not be set for want of the right to, and stayed those of who restores
 * @param errors what could not be restored, the first {@link RestoreTally#ERRORS_MAX}
 * @param errorCount how many there were
 * @param damageCount how many of them the repository's data caused
 */
public record RestoreResult(
        long files,
        long directories,
        long bytes,
        long filesSkipped,
        long removed,
        long verified,
        boolean ownersKept,
        List<RestoreError> errors,
        long errorCount,
        long damageCount) {

    public RestoreResult {
        errors = List.copyOf(errors);
    }
}
