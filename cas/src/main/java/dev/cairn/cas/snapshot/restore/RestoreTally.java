package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.manifest.EntryPath;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Counts what a restore does. One thread. */
final class RestoreTally implements AttributeListener {

    /** The most errors that are kept; all are counted and told to the progress. */
    static final int ERRORS_MAX = 10_000;

    private final RestoreProgress progress;
    private final List<RestoreError> errors = new ArrayList<>();
    private final Set<EntryPath> failed = new HashSet<>();
    private long errorCount;
    private long damageCount;

    long files;
    long directories;
    long bytes;
    long filesSkipped;
    long removed;
    long verified;
    private boolean ownersKept;

    RestoreTally(RestoreProgress progress) {
        this.progress = progress;
    }

    @Override
    public void fail(RestoreError error) {
        errorCount++;
        if (error.damage()) {
            damageCount++;
        }
        if (errors.size() < ERRORS_MAX) {
            errors.add(error);
            failed.add(error.path());
        }
        progress.failed(error);
    }

    @Override
    public void ownerKept() {
        ownersKept = true;
    }

    @Override
    public boolean areOwnersKept() {
        return ownersKept;
    }

    /** Whether an error that is kept is about {@code path}. */
    boolean hasFailed(EntryPath path) {
        return failed.contains(path);
    }

    RestoreResult result() {
        return new RestoreResult(
                files,
                directories,
                bytes,
                filesSkipped,
                removed,
                verified,
                ownersKept,
                errors,
                errorCount,
                damageCount);
    }
}
