package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Device;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryType;
import dev.cairn.cas.manifest.Extent;
import dev.cairn.cas.manifest.FileContentReader;
import dev.cairn.cas.manifest.Metadata;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.Errno;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.FileType;
import dev.cairn.cas.posix.OpenFile;
import dev.cairn.cas.posix.PosixException;
import dev.cairn.cas.snapshot.Cancellation;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Puts one thing that is no folder into an open folder: made under a temporary name, given its attributes, renamed over
 * whatever stood there. At every moment the name holds the old or the new, whole. One thread.
 */
final class FileRestorer {

    private static final int MODE_WHILE_WRITTEN = 0600;

    private final RestorePlan plan;
    private final ObjectSource objects;
    private final Attributes attributes;
    private final ContentComparison comparison;
    private final TreeRemoval removal;
    private final RestoreTally tally;
    private final RestoreProgress progress;
    private final Cancellation cancellation;

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

    /** Makes {@code name} in {@code folder} the file, link or special file that {@code entry} says, if it is not already. */
    void restore(Directory folder, byte[] name, Entry entry) throws IOException {
        FileStat present = folder.statIfPresent(name);
        if (present != null && plan.overwrite() == Overwrite.NEVER) {
            skip(entry);
            return;
        }
        if (present != null && present.type() == FileType.DIRECTORY) {
            makeWay(folder, name, entry);
            present = null;
        }
        boolean kept = present != null
                && plan.overwrite() == Overwrite.CHANGED
                && !sharedByChance(entry, present)
                && isSame(folder, name, entry, present);
        if (kept) {
            boolean changed = !plan.dryRun() && setAttributes(folder, name, entry);
            tally.filesSkipped++;
            progress.bytes(entry.size());
            progress.restored(entry.path(), changed);
            return;
        }
        if (!plan.dryRun()) {
            write(folder, name, entry);
        }
        tally.files++;
        progress.restored(entry.path(), true);
    }

    /** Makes {@code name} another name of a file that was restored before. */
    void link(Directory folder, byte[] name, Entry entry, Directory firstFolder, byte[] firstName) throws IOException {
        FileStat present = folder.statIfPresent(name);
        FileStat first = firstFolder.statIfPresent(firstName);
        if (present != null && (plan.overwrite() == Overwrite.NEVER || (first != null && present.sameFile(first)))) {
            skip(entry);
            return;
        }
        if (present != null && present.type() == FileType.DIRECTORY) {
            makeWay(folder, name, entry);
        }
        if (!plan.dryRun()) {
            byte[] temporary = TemporaryName.next();
            folder.createLink(temporary, firstFolder, firstName);
            place(folder, temporary, name);
        }
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
        if (!plan.dryRun()) {
            tally.removed += removal.remove(folder, name);
        }
        progress.removed(entry.path());
    }

    /** A file with further names that the snapshot knows nothing of must not be changed through this one. */
    private static boolean sharedByChance(Entry entry, FileStat present) {
        return present.links() > 1 && entry.hardLink() == null;
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

    private boolean setAttributes(Directory folder, byte[] name, Entry entry) throws IOException {
        if (entry.type() != EntryType.FILE) {
            return attributes.apply(entry, AttributeTarget.of(folder, name, isSymlink(entry)));
        }
        try (OpenFile file = folder.openFile(name)) {
            return attributes.apply(entry, AttributeTarget.of(file));
        }
    }

    private static boolean isSymlink(Entry entry) {
        return entry.type() == EntryType.SYMLINK;
    }

    private void write(Directory folder, byte[] name, Entry entry) throws IOException {
        byte[] temporary = TemporaryName.next();
        @Nullable Throwable failure = null;
        try {
            make(folder, temporary, entry);
            folder.rename(temporary, folder, name);
        } catch (IOException | RuntimeException e) {
            failure = e;
            throw e;
        } finally {
            if (failure != null) {
                discard(folder, temporary, failure);
            }
        }
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

    private void make(Directory folder, byte[] temporary, Entry entry) throws IOException {
        switch (entry.type()) {
            case FILE -> {
                try (OpenFile file = folder.createFile(temporary, MODE_WHILE_WRITTEN)) {
                    fill(file, entry.requireContent());
                    attributes.apply(entry, AttributeTarget.of(file));
                }
                return;
            }
            case SYMLINK ->
                folder.createSymlink(temporary, entry.requireTarget().bytes());
            case FIFO -> folder.createNode(temporary, FileType.FIFO, MODE_WHILE_WRITTEN, 0, 0);
            case SOCKET -> folder.createNode(temporary, FileType.SOCKET, MODE_WHILE_WRITTEN, 0, 0);
            case CHAR_DEVICE -> makeDevice(folder, temporary, entry, FileType.CHARACTER_DEVICE);
            case BLOCK_DEVICE -> makeDevice(folder, temporary, entry, FileType.BLOCK_DEVICE);
            case DIRECTORY -> throw new IllegalArgumentException("a folder is not restored as a file: " + entry.path());
        }
        attributes.apply(entry, AttributeTarget.of(folder, temporary, isSymlink(entry)));
    }

    private static void makeDevice(Directory folder, byte[] name, Entry entry, FileType type) throws IOException {
        Device device = entry.requireDevice();
        folder.createNode(name, type, MODE_WHILE_WRITTEN, device.major(), device.minor());
    }

    /** Writes the data and leaves the holes. */
    private void fill(OpenFile file, Content content) throws IOException {
        FileContentReader extents = FileContentReader.of(content, objects);
        boolean endsWithHole = false;
        while (extents.hasNext()) {
            cancellation.check();
            Extent extent = extents.next();
            endsWithHole = extent instanceof Extent.Hole;
            if (extent instanceof Extent.Data data) {
                file.write(data.offset(), data.bytes(), data.start(), (int) data.length());
                tally.bytes += data.length();
            }
            progress.bytes(extent.length());
        }
        if (endsWithHole) {
            file.truncate(content.size());
        }
    }
}
