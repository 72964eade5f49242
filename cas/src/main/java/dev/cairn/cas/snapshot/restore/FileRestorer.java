package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.manifest.ChunkList;
import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Device;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryType;
import dev.cairn.cas.manifest.Extent;
import dev.cairn.cas.manifest.FileContentReader;
import dev.cairn.cas.manifest.Metadata;
import dev.cairn.cas.manifest.Segment;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.Errno;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.FileType;
import dev.cairn.cas.posix.OpenFile;
import dev.cairn.cas.posix.PosixException;
import dev.cairn.cas.snapshot.Cancellation;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts one thing that is no folder into an open folder: made under a temporary name, given its attributes, renamed over
 * whatever stood there. At every moment the name holds the old or the new, whole. One thread.
 */
final class FileRestorer {

    private final RestorePlan plan;
    private final ObjectSource objects;
    private final Attributes attributes;
    private final ContentComparison comparison;
    private final TreeRemoval removal;
    private final RestoreTally tally;
    private final RestoreProgress progress;
    private final Cancellation cancellation;

    /** Bytes of the file at hand that the progress heard of when it was made ahead, in vain. */
    private long told;

    FileRestorer(
            RestorePlan plan,
            ObjectSource objects,
            TreeRemoval removal,
            RestoreTally tally,
            RestoreProgress progress,
            Cancellation cancellation) {
        this.plan = plan;
        this.objects = objects;
        this.attributes = new Attributes(objects, tally);
        this.comparison = new ContentComparison(objects, cancellation);
        this.removal = removal;
        this.tally = tally;
        this.progress = progress;
        this.cancellation = cancellation;
    }

    /** Whether an error makes all that follows pointless: no space, a file system that can no longer be written. */
    static boolean isFatal(PosixException e) {
        return switch (e.errno()) {
            case ENOSPC, EDQUOT, EROFS, EIO, EMFILE, ENFILE -> true;
            default -> false;
        };
    }

    /** What became of a name. */
    enum Outcome {
        /** It held what it should already. */
        KEPT,
        /** It was made anew. */
        WRITTEN,
        /** It holds something else, which was to be left alone. */
        LEFT
    }

    /**
     * Makes {@code name} in {@code folder} the file, link or special file that {@code entry} says, if it is not already.
     *
     * @param prepared the file made ahead for it, null if none was
     */
    Outcome restore(Directory folder, byte[] name, Entry entry, @Nullable PreparedFile prepared) throws IOException {
        told = prepared == null ? 0 : prepared.told();
        if (prepared != null) {
            prepared.throwFailure();
            if (prepared.isMade() && isStillAbsent(folder, name)) {
                place(prepared);
                return Outcome.WRITTEN;
            }
            prepared.forget();
        }
        FileStat present = folder.statIfPresent(name);
        if (present != null && plan.overwrite() == Overwrite.NEVER) {
            skip(entry);
            // Only whoever links to it must know.
            return entry.hardLink() == null || isSame(folder, name, entry, present) ? Outcome.KEPT : Outcome.LEFT;
        }
        if (present != null && present.type() == FileType.DIRECTORY) {
            makeWay(folder, name, entry);
            present = null;
        }
        if (present != null && mayStay(folder, name, entry, present)) {
            boolean changed = !plan.dryRun() && setAttributes(folder, name, entry, present);
            tally.filesSkipped++;
            tell(entry.size());
            progress.restored(entry.path(), changed);
            return Outcome.KEPT;
        }
        if (plan.dryRun()) {
            count(entry);
        } else {
            tally.bytes += write(folder, name, entry);
            tally.files++;
            progress.restored(entry.path(), true);
        }
        return Outcome.WRITTEN;
    }

    /** Whether what was made ahead may take its name: only where nothing may be replaced it must be asked again. */
    private boolean isStillAbsent(Directory folder, byte[] name) throws IOException {
        return plan.overwrite() != Overwrite.NEVER || folder.statIfPresent(name) == null;
    }

    private void place(PreparedFile prepared) throws IOException {
        prepared.complete(attributes, tally);
        prepared.place();
        Entry entry = prepared.entry;
        tally.bytes += prepared.bytes;
        tally.files++;
        tell(entry.size());
        progress.restored(entry.path(), true);
    }

    private void tell(long bytes) {
        long before = Math.min(told, bytes);
        told -= before;
        if (bytes > before) {
            progress.bytes(bytes - before);
        }
    }

    /** Counts, in a dry run, what would be written for {@code entry}. */
    void count(Entry entry) {
        tally.bytes += dataBytes(entry.content());
        tally.files++;
        progress.bytes(entry.size());
        progress.restored(entry.path(), true);
    }

    private long dataBytes(@Nullable Content content) {
        return switch (content) {
            case null -> 0;
            case Content.Inline inline -> inline.size();
            case Content.Segments(List<Segment> list) -> dataBytes(list.iterator());
            case Content.Listed listed -> dataBytes(ChunkList.of(listed, objects));
        };
    }

    private static long dataBytes(Iterator<Segment> segments) {
        long bytes = 0;
        while (segments.hasNext()) {
            if (segments.next() instanceof Segment.Data data) {
                bytes += data.bytes();
            }
        }
        return bytes;
    }

    /**
     * Makes {@code name} another name of a file that was restored before; whether it is one now.
     *
     * @return false where the file system does not link the two
     */
    boolean link(Directory folder, byte[] name, Entry entry, Directory firstFolder, byte[] firstName)
            throws IOException {
        FileStat present = folder.statIfPresent(name);
        FileStat first = firstFolder.statIfPresent(firstName);
        if (present != null && (plan.overwrite() == Overwrite.NEVER || (first != null && present.sameFile(first)))) {
            skip(entry);
            return true;
        }
        if (present != null && present.type() == FileType.DIRECTORY) {
            makeWay(folder, name, entry);
        }
        if (!plan.dryRun()) {
            byte[] temporary = TemporaryName.next();
            try {
                folder.createLink(temporary, firstFolder, firstName);
            } catch (PosixException e) {
                if (isFatal(e)) {
                    throw e;
                }
                return false;
            }
            place(folder, temporary, name);
        }
        countLink(entry);
        return true;
    }

    /** Counts, in a dry run, a further name, in an open folder, of a file that would be made anew. */
    void countLink(Directory folder, byte[] name, Entry entry) throws IOException {
        FileStat present = folder.statIfPresent(name);
        if (present != null && plan.overwrite() == Overwrite.NEVER) {
            skip(entry);
            return;
        }
        if (present != null && present.type() == FileType.DIRECTORY) {
            makeWay(folder, name, entry);
        }
        countLink(entry);
    }

    /** Counts a further name of a file. */
    void countLink(Entry entry) {
        tally.files++;
        progress.restored(entry.path(), true);
    }

    private void skip(Entry entry) {
        tally.filesSkipped++;
        progress.bytes(entry.size());
        progress.restored(entry.path(), false);
    }

    /** A folder stands where something else belongs: it goes only if the person said that what is besides may go. */
    private void makeWay(Directory folder, byte[] name, Entry entry) throws IOException {
        if (!plan.delete()) {
            throw new IOException("a folder stands in its place; --delete removes it");
        }
        tally.removed += removal.remove(folder, name);
        progress.removed(entry.path());
    }

    /**
     * Whether what is there may stay, with its attributes set. A file with further names that the snapshot knows nothing of
     * must not be changed through this one, so nothing may be set on it either; nobody knows which names it has.
     */
    private boolean mayStay(Directory folder, byte[] name, Entry entry, FileStat present) throws IOException {
        if (plan.overwrite() != Overwrite.CHANGED || (present.links() > 1 && entry.hardLink() == null)) {
            return false;
        }
        return isSame(folder, name, entry, present)
                && (present.links() == 1 || onAttributes(folder, name, entry, present, attributes::areSet));
    }

    private boolean isSame(Directory folder, byte[] name, Entry entry, FileStat present) throws IOException {
        return switch (entry.type()) {
            case FILE -> isSameFile(folder, name, entry, present);
            case SYMLINK ->
                present.type() == FileType.SYMLINK
                        && Arrays.equals(
                                folder.readLink(name), entry.requireTarget().bytes());
            case FIFO -> present.type() == FileType.FIFO;
            case SOCKET -> present.type() == FileType.SOCKET;
            case CHAR_DEVICE -> present.type() == FileType.CHARACTER_DEVICE && isSame(entry.requireDevice(), present);
            case BLOCK_DEVICE -> present.type() == FileType.BLOCK_DEVICE && isSame(entry.requireDevice(), present);
            case DIRECTORY -> throw new IllegalArgumentException("a folder is not restored as a file: " + entry.path());
        };
    }

    private static boolean isSame(Device device, FileStat present) {
        return device.major() == present.deviceMajor() && device.minor() == present.deviceMinor();
    }

    /** Size and time agree, or the bytes themselves do; with {@code --verify} only the bytes count. */
    private boolean isSameFile(Directory folder, byte[] name, Entry entry, FileStat present) throws IOException {
        if (present.type() != FileType.REGULAR || present.size() != entry.size()) {
            return false;
        }
        Metadata wanted = entry.metadata();
        boolean sameTime =
                present.mtimeSeconds() == wanted.mtimeSeconds() && present.mtimeNanos() == wanted.mtimeNanos();
        if (sameTime && !plan.verify()) {
            return true;
        }
        try (OpenFile file = folder.openFile(name)) {
            return file.stat().sameFile(present) && comparison.firstDifference(file, entry.requireContent()) < 0;
        } catch (PosixException e) {
            // Not readable for us: it can still be replaced.
            return false;
        }
    }

    private boolean setAttributes(Directory folder, byte[] name, Entry entry, FileStat present) throws IOException {
        return onAttributes(folder, name, entry, present, attributes::apply);
    }

    private interface OnAttributes {
        boolean run(Entry entry, AttributeTarget target) throws IOException;
    }

    /** Does something with the attributes of what was looked at before; of a file by its descriptor, if it may be opened. */
    private static boolean onAttributes(Directory folder, byte[] name, Entry entry, FileStat present, OnAttributes deed)
            throws IOException {
        AttributeTarget named = AttributeTarget.of(folder, name, isSymlink(entry));
        if (entry.type() != EntryType.FILE) {
            return deed.run(entry, named);
        }
        try (OpenFile file = openOwn(folder, name)) {
            if (file == null) {
                return deed.run(entry, named);
            }
            if (!file.stat().sameFile(present)) {
                throw new IOException("another file took its place while it was looked at");
            }
            return deed.run(entry, AttributeTarget.of(file));
        }
    }

    /** Opens a file, null where its mode forbids that. */
    private static @Nullable OpenFile openOwn(Directory folder, byte[] name) throws IOException {
        try {
            return folder.openFile(name);
        } catch (PosixException e) {
            if (e.errno() != Errno.EACCES) {
                throw e;
            }
            return null;
        }
    }

    private static boolean isSymlink(Entry entry) {
        return entry.type() == EntryType.SYMLINK;
    }

    /** Returns how many bytes of content were written. */
    private long write(Directory folder, byte[] name, Entry entry) throws IOException {
        byte[] temporary = TemporaryName.next();
        @Nullable Throwable failure = null;
        try {
            long bytes = make(folder, temporary, entry);
            folder.rename(temporary, folder, name);
            return bytes;
        } catch (IOException | RuntimeException e) {
            failure = e;
            throw e;
        } finally {
            if (failure != null && !isTaken(failure)) {
                discard(folder, temporary, failure);
            }
        }
    }

    /** Whether something of that name was there, which is not ours to remove. */
    private static boolean isTaken(Throwable failure) {
        return failure instanceof PosixException e && e.errno() == Errno.EEXIST;
    }

    private void place(Directory folder, byte[] temporary, byte[] name) throws IOException {
        try {
            folder.rename(temporary, folder, name);
        } catch (IOException e) {
            discard(folder, temporary, e);
            throw e;
        }
        // Renaming one name of a file over another name of it does nothing and leaves both.
        if (folder.statIfPresent(temporary) != null) {
            folder.removeFile(temporary);
        }
    }

    private static void discard(Directory folder, byte[] temporary, Throwable failure) {
        try {
            folder.removeFile(temporary);
        } catch (IOException e) {
            if (!(e instanceof PosixException posix && posix.errno() == Errno.ENOENT)) {
                failure.addSuppressed(e);
            }
        }
    }

    private long make(Directory folder, byte[] temporary, Entry entry) throws IOException {
        switch (entry.type()) {
            case FILE -> {
                try (OpenFile file = folder.createFile(temporary, PreparedFile.MODE_WHILE_WRITTEN)) {
                    long bytes = fill(file, entry.requireContent());
                    attributes.apply(entry, AttributeTarget.of(file));
                    return bytes;
                }
            }
            case SYMLINK ->
                folder.createSymlink(temporary, entry.requireTarget().bytes());
            case FIFO -> folder.createNode(temporary, FileType.FIFO, PreparedFile.MODE_WHILE_WRITTEN, 0, 0);
            case SOCKET -> folder.createNode(temporary, FileType.SOCKET, PreparedFile.MODE_WHILE_WRITTEN, 0, 0);
            case CHAR_DEVICE -> makeDevice(folder, temporary, entry, FileType.CHARACTER_DEVICE);
            case BLOCK_DEVICE -> makeDevice(folder, temporary, entry, FileType.BLOCK_DEVICE);
            case DIRECTORY -> throw new IllegalArgumentException("a folder is not restored as a file: " + entry.path());
        }
        attributes.apply(entry, AttributeTarget.of(folder, temporary, isSymlink(entry)));
        return 0;
    }

    private static void makeDevice(Directory folder, byte[] name, Entry entry, FileType type) throws IOException {
        Device device = entry.requireDevice();
        folder.createNode(name, type, PreparedFile.MODE_WHILE_WRITTEN, device.major(), device.minor());
    }

    /** Writes the data, leaves the holes, and returns how many bytes were written. */
    private long fill(OpenFile file, Content content) throws IOException {
        if (content.size() > Content.CHUNK_BYTES_MAX) {
            // A size that the file system does not take is refused before its disk is full.
            file.truncate(content.size());
        }
        FileContentReader extents = FileContentReader.of(content, objects);
        boolean endsWithHole = false;
        long bytes = 0;
        while (extents.hasNext()) {
            cancellation.check();
            Extent extent = extents.next();
            endsWithHole = extent instanceof Extent.Hole;
            if (extent instanceof Extent.Data data) {
                file.write(data.offset(), data.bytes(), data.start(), (int) data.length());
                bytes += data.length();
            }
            tell(extent.length());
        }
        if (endsWithHole) {
            file.truncate(content.size());
        }
        return bytes;
    }
}
