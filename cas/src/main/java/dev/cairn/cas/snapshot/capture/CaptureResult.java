package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.ObjectId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a capture did, or would have done.
 *
 * @param snapshot the new snapshot, which the branch points at; null after a dry run
 * @param root of its manifest
 * @param parent what the branch pointed at before; null if it is new
 * @param files everything that is no folder
 * @param bytes lengths of regular files, holes included, each group of hard links once
 * @param filesNew files that the previous snapshot did not have at their path; {@code filesChanged} are not as they were there
 * @param chunksNew chunks that the repository lacked
 * @param bytesNew their length
 * @param bytesStored what the repository grew by, compressed and sealed; its own index and containers not counted
 * @param errors what could not be read as it should, the first {@link CaptureTally#ERRORS_MAX}
 * @param errorCount how many there were
 * @param unreadable how many of them left something out, or kept what was there before
 * @param notes sentences for a person
 * @param excluded paths that were left out, each with all beneath it
 * @param excludedBefore entries of the previous snapshot that are left out now, rather than deleted
 * @param otherPaths the sources of the previous snapshot, if they were others; else empty
 */
public record CaptureResult(
        @Nullable ObjectId snapshot,
        ObjectId root,
        String branch,
        @Nullable ObjectId parent,
        long files,
        long directories,
        long bytes,
        long filesNew,
        long filesChanged,
        long filesUnmodified,
        long chunksNew,
        long bytesNew,
        long bytesStored,
        List<CaptureError> errors,
        long errorCount,
        long unreadable,
        List<String> notes,
        List<byte[]> otherPaths,
        long excluded,
        long excludedBefore) {

    public CaptureResult {
        errors = List.copyOf(errors);
        notes = List.copyOf(notes);
        otherPaths = List.copyOf(otherPaths);
    }

    /** Whether something could not be read as it should: the snapshot is there, and is not the whole truth. */
    public boolean isPartial() {
        return errorCount > 0;
    }
}
