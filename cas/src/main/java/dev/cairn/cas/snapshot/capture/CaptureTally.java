package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryType;
import dev.cairn.cas.manifest.HardLink;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a capture met, counted. For one thread. */
final class CaptureTally {

    /** Errors that are kept for the end, the first ones; all are counted, and all went to the progress. */
    static final int ERRORS_MAX = 10_000;

    private final CaptureProgress progress;
    private final List<CaptureError> errors = new ArrayList<>();
    private long errorCount;
    private long unreadable;
    private long files;
    private long directories;
    private long bytes;
    private long filesNew;
    private long filesChanged;
    private long filesUnmodified;

    CaptureTally(CaptureProgress progress) {
        this.progress = progress;
    }

    void recorded(Entry entry, @Nullable Entry previous) {
        CaptureProgress.Change change = previous == null
                ? CaptureProgress.Change.NEW
                : entry.equals(previous) ? CaptureProgress.Change.UNMODIFIED : CaptureProgress.Change.CHANGED;
        if (entry.isDirectory()) {
            directories++;
        } else {
            files++;
            switch (change) {
                case NEW -> filesNew++;
                case CHANGED -> filesChanged++;
                case UNMODIFIED -> filesUnmodified++;
            }
        }
        if (entry.type() == EntryType.FILE && !(entry.hardLink() instanceof HardLink.Later)) {
            bytes += entry.size();
        }
        progress.recorded(entry.path(), entry.isDirectory(), change);
    }

    void failed(CaptureError error) {
        errorCount++;
        if (error.kept() != CaptureError.Kept.DOUBTFUL) {
            unreadable++;
        }
        if (errors.size() < ERRORS_MAX) {
            errors.add(error);
        }
        progress.failed(error);
    }

    List<CaptureError> errors() {
        return List.copyOf(errors);
    }

    long errorCount() {
        return errorCount;
    }

    long unreadable() {
        return unreadable;
    }

    long files() {
        return files;
    }

    long directories() {
        return directories;
    }

    long bytes() {
        return bytes;
    }

    long filesNew() {
        return filesNew;
    }

    long filesChanged() {
        return filesChanged;
    }

    long filesUnmodified() {
        return filesUnmodified;
    }
}
