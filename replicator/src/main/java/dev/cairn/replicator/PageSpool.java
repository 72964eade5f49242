package dev.cairn.replicator;

import dev.cairn.cas.RecordHeader;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The records of a diff, still sealed, in a file until they can be committed. The file is named after what was asked for, so
 * that a pull that was cut off, its process included, goes on where it was; nothing in it is trusted afterwards more than if
 * it came from the peer.
 *
 * <p>Format of an entry, integers big-endian: {@code record length 4 | number of due objects 4 | CRC-32C of the rest 4 | due 4
 * each | record}. A tail that does not parse is cut off when the file is opened.
 *
 * <p>Memory: one entry. Not thread-safe; a lock keeps a second process from the same file, which then uses one of its own.
 */
final class PageSpool implements AutoCloseable {

    private static final int FIXED_BYTES = 12;

    private final Path file;
    private final FileChannel channel;
    private final long bytesMax;
    private long count;
    private long end;
    private long position;

    private PageSpool(Path file, FileChannel channel, long bytesMax) {
        this.file = file;
        this.channel = channel;
        this.bytesMax = bytesMax;
    }

    /** A record of a diff, and the places of those of its objects that are due. */
    record Entry(byte[] record, int[] due) {}

    /**
     * Opens the spool of that name in {@code folder}, which must exist, with what is in it from an earlier try.
     *
     * @param bytesMax what the file may grow to
     */
    static PageSpool open(Path folder, byte[] name, long bytesMax) throws IOException {
        Path file = folder.resolve("pull-" + HexFormat.of().formatHex(name) + ".spool");
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (!isOurs(channel)) {
                channel.close();
                file = Files.createTempFile(folder, "pull-", ".spool");
                channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                isOurs(channel);
            }
            deleteOthers(folder, file);
            PageSpool spool = new PageSpool(file, channel, bytesMax);
            spool.recover();
            return spool;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** How much of it was read since the last {@link #rewind}, from 0 to 1; 1 where there is nothing. */
    double shareRead() {
        return end == 0 ? 1 : (double) position / end;
    }

    /** How many records it holds. */
    long count() {
        return count;
    }

    /**
     * Adds a record.
     *
     * @throws RemoteException.PeerMisbehaved if it grows beyond its limit, or the record is empty
     */
    void append(Entry entry) throws IOException {
        if (entry.record.length == 0) {
            throw new RemoteException.PeerMisbehaved("an empty record of pages", null);
        }
        ByteBuffer bytes = ByteBuffer.allocate(FIXED_BYTES + 4 * entry.due.length + entry.record.length);
        if (end + bytes.capacity() > bytesMax) {
            throw new RemoteException.PeerMisbehaved("more than %d bytes of pages".formatted(bytesMax), null);
        }
        bytes.position(FIXED_BYTES);
        for (int ordinal : entry.due) {
            bytes.putInt(ordinal);
        }
        bytes.put(entry.record);
        CRC32C checksum = new CRC32C();
        checksum.update(bytes.flip().position(FIXED_BYTES));
        bytes.rewind();
        bytes.putInt(0, entry.record.length).putInt(4, entry.due.length).putInt(8, (int) checksum.getValue());
        long at = end;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
        end = at;
        count++;
    }

    /** Begins to read from the first record. */
    void rewind() {
        position = 0;
    }

    /** The next record, or null after the last. */
    @Nullable
    Entry next() throws IOException {
        if (position == end) {
            return null;
        }
        Entry entry = readAt(position);
        if (entry == null) {
            throw new EOFException(file + " changed while it was read");
        }
        position += FIXED_BYTES + 4L * entry.due.length + entry.record.length;
        return entry;
    }

    /** Forgets all records. */
    void discard() throws IOException {
        channel.truncate(0);
        count = 0;
        end = 0;
        position = 0;
    }

    /** Deletes the file: it has done its duty. */
    void delete() throws IOException {
        Files.deleteIfExists(file);
        close();
    }

    /** Keeps the file for another try. */
    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void recover() throws IOException {
        long size = channel.size();
        end = size;
        while (position < size) {
            Entry entry = readAt(position);
            if (entry == null) {
                break;
            }
            position += FIXED_BYTES + 4L * entry.due.length + entry.record.length;
            count++;
        }
        end = position;
        if (end < size) {
            channel.truncate(end);
        }
        position = 0;
    }

    /** The entry at {@code at}; null if there is no whole one. */
    private @Nullable Entry readAt(long at) throws IOException {
        ByteBuffer fixed = ByteBuffer.allocate(FIXED_BYTES);
        if (!readFully(fixed, at)) {
            return null;
        }
        int recordBytes = fixed.getInt(0);
        int dueCount = fixed.getInt(4);
        // Nothing at all passes for an entry without a record: what a power cut left of a page that was never written.
        if (recordBytes <= 0
                || recordBytes > RecordHeader.RECORD_BYTES_MAX
                || dueCount < 0
                || dueCount > RecordHeader.PROVIDED_MAX
                || at + FIXED_BYTES + 4L * dueCount + recordBytes > end) {
            return null;
        }
        ByteBuffer rest = ByteBuffer.allocate(4 * dueCount + recordBytes);
        if (!readFully(rest, at + FIXED_BYTES)) {
            return null;
        }
        CRC32C checksum = new CRC32C();
        checksum.update(rest.duplicate());
        if ((int) checksum.getValue() != fixed.getInt(8)) {
            return null;
        }
        int[] due = new int[dueCount];
        for (int i = 0; i < dueCount; i++) {
            due[i] = rest.getInt();
        }
        byte[] record = new byte[recordBytes];
        rest.get(record);
        return new Entry(record, due);
    }

    /** Fills {@code buffer} from {@code at} and flips it; false if the file ends before. */
    private boolean readFully(ByteBuffer buffer, long at) throws IOException {
        long from = at;
        while (buffer.hasRemaining()) {
            int read = channel.read(buffer, from);
            if (read < 0) {
                return false;
            }
            from += read;
        }
        buffer.flip();
        return true;
    }

    /** Deletes what pulls of other snapshots have left, unless somebody still uses it. */
    private static void deleteOthers(Path folder, Path own) throws IOException {
        try (DirectoryStream<Path> spools = Files.newDirectoryStream(folder, "pull-*.spool")) {
            for (Path other : spools) {
                if (!other.equals(own)) {
                    deleteUnused(other);
                }
            }
        }
    }

    private static void deleteUnused(Path other) throws IOException {
        try (FileChannel channel = FileChannel.open(other, StandardOpenOption.WRITE)) {
            if (isOurs(channel)) {
                Files.deleteIfExists(other);
            }
        } catch (NoSuchFileException e) {
            return; // Whoever used it has deleted it.
        }
    }

    private static boolean isOurs(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }
}
