package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.Xattr;
import dev.cairn.cas.manifest.Xattrs;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.FileType;
import dev.cairn.cas.posix.OpenFile;
import dev.cairn.cas.snapshot.Cancellation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a {@link TreeSource} puts what it has: contents in any order, each before its entry; entries in path order, folders before what
 * is in them.
 *
 * <p>What is not new to the repository is not stored again, and what is new is a delta of what the previous snapshot has at the same
 * path, where that is worth it. For one thread.
 */
public final class TreeIntake {

    private static final int BLOCK_BYTES = 512;

    private final CaptureStages stages;
    private final CaptureTally tally;
    private final CaptureProgress progress;
    private final Cancellation cancellation;
    private final PreviousEntries previous;
    private final List<String> notes = new ArrayList<>();

    TreeIntake(CaptureStages stages, CaptureTally tally, CaptureProgress progress, Cancellation cancellation) {
        this.stages = stages;
        this.tally = tally;
        this.progress = progress;
        this.cancellation = cancellation;
        this.previous = new PreviousEntries(stages.before().iterator(), entry -> {});
    }

    /**
     * Stores a content.
     *
     * @param path where it will stand: what the previous snapshot has there is its older version
     * @param file is read once from front to back, but for its first MiB, which is read twice, and its middle, where reading may give
     *     nothing; must have {@code size} bytes or fail
     * @param dataBytes how many bytes of it are no holes
     * @throws IOException if it cannot be read
     */
    public Content content(EntryPath path, OpenFile file, long size, long dataBytes) throws IOException {
        cancellation.check();
        progress.entered(path);
        long blocks = dataBytes < size ? dataBytes / BLOCK_BYTES : size / BLOCK_BYTES + 1;
        FileStat stat = new FileStat(FileType.REGULAR, 0, 0, 0, 1, 0, 0, 0, 0, size, blocks, 0, 0, 0, 0);
        Content content = stages.contents()
                .read(file, stat, () -> stages.older().of(path, stages.before().at(path)));
        if (content.size() != size) {
            throw new IOException("%s gave %d of %d bytes".formatted(path, content.size(), size));
        }
        return content;
    }

    /**
     * Stores extended attributes.
     *
     * @throws IllegalArgumentException if they are more than an entry may have
     */
    public Xattrs xattrs(List<Xattr> attributes) {
        return Xattrs.store(attributes, stages.intake());
    }

    /** Adds an entry, the next in path order. */
    public void add(Entry entry) {
        cancellation.check();
        tally.recorded(entry, previous.take(entry.path()));
        stages.manifest().add(entry);
    }

    /** Notes that something is not in the snapshot as the source has it. */
    public void failed(CaptureError error) {
        tally.failed(error);
    }

    /** Notes a sentence for a person. */
    public void note(String sentence) {
        notes.add(sentence);
    }

    /** The sentences for a person. */
    List<String> notes() {
        return notes;
    }

    /** Stops if it is time to. */
    public void check() {
        cancellation.check();
    }
}
