package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.EntryType;
import dev.cairn.cas.manifest.HardLink;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a capture met, counted. For one thread. */
final class CaptureTally {

    /** Errors that are kept for the end, the first ones; all are counted, and all went to the progress. */
    static final int ERRORS_MAX = 10_000;

    private static final int NOTES_MAX = 20;

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
    private long excluded;
    private long excludedBefore;
    /** What was left out last, itself or what stands in it. */
    private @Nullable EntryPath leftOut;

    private final List<String> notes = new ArrayList<>();
    private long notesLeft;

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

    /** A path is left out, or what stands in it. */
    void excluded(EntryPath path) {
        excluded++;
        leftOut = path;
    }

    /** An entry of the previous snapshot is not in this one, at or behind what was left out last. */
    void gone(Entry entry) {
        if (leftOut != null && entry.path().startsWith(leftOut)) {
            excludedBefore++;
        }
    }

    /** A sentence for a person; of many, only the first {@value #NOTES_MAX} are kept, and how many more there were. */
    void note(String sentence) {
        if (notes.size() < NOTES_MAX) {
            notes.add(sentence);
        } else {
            notesLeft++;
        }
    }

    List<String> notes() {
        List<String> all = new ArrayList<>(notes);
        if (notesLeft > 0) {
            all.add("%,d more like these".formatted(notesLeft));
        }
        return List.copyOf(all);
    }

    /** Paths that were left out, each with all beneath it. */
    long excluded() {
        return excluded;
    }

    /** Entries of the previous snapshot that are left out now. */
    long excludedBefore() {
        return excludedBefore;
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
