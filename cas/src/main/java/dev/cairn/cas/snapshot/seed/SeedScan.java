package dev.cairn.cas.snapshot.seed;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.Errno;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.FileType;
import dev.cairn.cas.posix.Listing;
import dev.cairn.cas.posix.OpenFile;
import dev.cairn.cas.posix.PosixException;
import dev.cairn.cas.posix.RawName;
import dev.cairn.cas.seal.ObjectHasher;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.Workers;
import dev.cairn.cas.snapshot.capture.FileCuts;
import dev.cairn.cas.snapshot.capture.TreeVisitor;
import dev.cairn.cas.snapshot.capture.TreeWalk;
import dev.cairn.chunker.ChunkSlice;
import dev.cairn.chunker.Cutter;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads seeds and notes which chunks stand in them. Cuts each regular file as a capture does; contents that stand inline in pages are of no
 * use. What cannot be read is told and passed over. For one thread.
 */
final class SeedScan implements TreeVisitor {

    private static final long NO_FILE = -1;

    private final SeedIndex index;
    private final ObjectHasher hasher;
    private final FileCuts cuts;
    private final byte[] small;
    private final FileStat excluded;
    private final SeedProgress progress;
    private final Cancellation cancellation;
    private int seed;
    private @Nullable SeedFolder folder;
    private boolean isFullTold;

    /**
     * @param workers help to cut what is large
     * @param excluded a folder to pass over: the repository's own
     */
    SeedScan(
            SeedIndex index,
            ObjectHasher hasher,
            Cutter cutter,
            Workers workers,
            FileStat excluded,
            SeedProgress progress,
            Cancellation cancellation) {
        this.index = index;
        this.hasher = hasher;
        this.cuts = new FileCuts(cutter, hasher, workers, cancellation, progress::bytes);
        this.small = new byte[cutter.wholeFileBytesMax()];
        this.excluded = excluded;
        this.progress = progress;
        this.cancellation = cancellation;
    }

    /**
     * Reads a folder.
     *
     * @param number by which the index knows it
     */
    void scan(int number, SeedFolder toScan) {
        seed = number;
        folder = toScan;
        new TreeWalk(this).walkFolder(toScan.toWalk());
    }

    @Override
    public boolean isExcluded(EntryPath path, FileStat stat) {
        if (index.isFull() && !isFullTold) {
            isFullTold = true;
            progress.passedOver(
                    shown(path), "the seeds hold more than %,d chunks; from here on".formatted(index.chunks()));
        }
        return isFullTold || stat.sameFile(excluded);
    }

    @Override
    public void excluded(EntryPath path) {}

    @Override
    public @Nullable List<byte[]> onlyOf(EntryPath path, Directory directory, Listing names, boolean root) {
        return null;
    }

    @Override
    public void directory(EntryPath path, Directory directory, FileStat stat, Role role) {
        cancellation.check();
    }

    @Override
    public void listed(EntryPath path, FileStat stat, boolean empty, boolean root, boolean mountPoint) {}

    @Override
    public void file(EntryPath path, Directory parent, byte[] name, FileStat stat) {
        cancellation.check();
        if (stat.type() != FileType.REGULAR || stat.size() <= Content.INLINE_BYTES_MAX) {
            return;
        }
        try (OpenFile file = parent.openFile(name)) {
            FileStat opened = file.stat();
            if (opened.type() == FileType.REGULAR) {
                read(path, file, opened);
            }
        } catch (IOException e) {
            unreadable(path, e);
        }
    }

    @Override
    public void closedDirectory(EntryPath path, Directory parent, byte[] name, FileStat stat, IOException reason) {
        unreadable(path, reason);
    }

    @Override
    public void unreadable(EntryPath path, IOException reason) {
        if (!(reason instanceof PosixException posix && posix.errno() == Errno.ENOENT)) {
            progress.passedOver(shown(path), SeedFolder.reason(reason));
        }
    }

    @Override
    public void refused(EntryPath path, byte[] name, String reason) {
        progress.passedOver(shown(path) + "/" + RawName.display(name), reason);
    }

    private String shown(EntryPath path) {
        return folder == null ? path.toString() : folder.shown(path);
    }

    private void read(EntryPath path, OpenFile file, FileStat stat) throws IOException {
        long size = stat.size();
        boolean holes = FileCuts.hasHoles(file, stat);
        if (holes && FileCuts.dataAt(file, 0, size) == size) {
            return;
        }
        Noted noted = new Noted(path);
        if (size <= small.length) {
            int length = Math.max(0, file.read(0, small, 0, (int) size));
            progress.bytes(length);
            if (length > Content.INLINE_BYTES_MAX) {
                noted.note(hasher.chunk(small, 0, length), length, 0, true);
            }
        } else {
            file.expectSequential();
            cuts.cut(file, size, holes, noted);
        }
    }

    /** The chunks of one file, which is added to the index with the first of them. */
    private final class Noted implements FileCuts.Parts {
        private final EntryPath path;
        private long at = NO_FILE;

        Noted(EntryPath path) {
            this.path = path;
        }

        @Override
        public void hole(long bytes) {}

        @Override
        public void chunk(ChunkSlice chunk, ObjectId id, long position) {
            note(id, chunk.length(), position, false);
        }

        void note(ObjectId id, int length, long position, boolean isWhole) {
            if (index.isFull()) {
                return; // That is told before the next file.
            }
            if (at == NO_FILE) {
                at = index.addFile(new SeedIndex.SeedFile(seed, path));
            }
            index.add(id, new SeedIndex.Place(at, position, length, isWhole));
        }
    }
}
