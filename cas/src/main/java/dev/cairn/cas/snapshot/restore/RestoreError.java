package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.posix.PosixException;
import java.io.IOException;

/**
 * Something that could not be restored as it was.
 *
 * @param path in the snapshot
 * @param operation what failed
 * @param reason in words
 * @param damage whether the repository's data is at fault, not the target
 */
public record RestoreError(EntryPath path, String operation, String reason, boolean damage) {

    static RestoreError of(EntryPath path, IOException e) {
        return e instanceof PosixException posix
                ? new RestoreError(path, posix.operation(), posix.reason(), false)
                : new RestoreError(path, "write", String.valueOf(e.getMessage()), false);
    }

    static RestoreError of(EntryPath path, CorruptDataException e) {
        return new RestoreError(path, "read", e.where() + ": " + e.reason(), true);
    }

    /** For people. */
    @Override
    public String toString() {
        return path + ": " + operation + ": " + reason;
    }
}
