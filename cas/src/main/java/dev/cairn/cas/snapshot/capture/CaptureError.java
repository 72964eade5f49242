package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.posix.PosixException;
import java.io.IOException;

/**
 * Something that a capture could not read as it should.
 *
 * @param path in the snapshot
 * @param operation what failed, such as {@code open} or {@code list}
 * @param reason in words
 * @param kept what the snapshot has in its place
 */
public record CaptureError(EntryPath path, String operation, String reason, Kept kept) {

    /** What a snapshot has of something that could not be read. */
    public enum Kept {
        /** Nothing. */
        NOTHING,
        /** What the previous snapshot had there, a folder with all that was in it. */
        PREVIOUS,
        /** What was read, known to be doubtful: it changed meanwhile, or lacks its attributes or links. */
        DOUBTFUL
    }

    static CaptureError of(EntryPath path, IOException e, Kept kept) {
        return e instanceof PosixException posix
                ? new CaptureError(path, posix.operation(), posix.reason(), kept)
                : new CaptureError(path, "read", String.valueOf(e.getMessage()), kept);
    }

    /** For people: path, what failed, and what became of it. */
    @Override
    public String toString() {
        String text = path + ": " + operation + ": " + reason;
        return switch (kept) {
            case NOTHING -> text;
            case PREVIOUS -> text + " (kept as in the previous snapshot)";
            case DOUBTFUL -> text + " (kept as it was read)";
        };
    }
}
