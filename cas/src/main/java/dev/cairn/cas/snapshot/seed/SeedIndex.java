package dev.cairn.cas.snapshot.seed;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.manifest.EntryPath;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Which chunk stands where in the seeds: a hash table and a list of files, both in files that have no name any more.
 *
 * <p>A row takes 32 bytes, integers big-endian: {@code first word of the id 8 | place in the list of files 8 | offset 8 | length 4 | 1 if
 * the chunk is a whole file 4}; length 0 is a free slot. Open addressing with linear probing by that word, which is uniform; at most three
 * quarters are filled, then the table doubles. Two ids with the same first word share a row: whoever reads the chunk names it anyway.
 *
 * <p>Memory: a block of {@value #BLOCK_BYTES} bytes. A look-up costs one read of the page cache, an addition a write more. Not thread-safe.
 */
final class SeedIndex implements AutoCloseable {

    /** The most chunks: 3 TiB of large files, 2 GiB of table. */
    static final long CHUNKS_MAX = 48L << 20;

    private static final int ROW_BYTES = 32;
    private static final int BLOCK_BYTES = 512;
    private static final long FIRST_SLOTS = 1 << 14;
    private static final int FILE_FIXED_BYTES = 8;

    private final Path folder;
    private final long chunksMax;
    private final FileChannel files;
    private final ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
    private FileChannel table;
    private long slots = FIRST_SLOTS;
    private long chunks;
    private long filesEnd;

    /** Which block is in memory, -1 for none. */
    private long blockAt = -1;

    /**
     * A stretch of a file.
     *
     * @param file its place in the list of files
     * @param isWhole whether it is all of a small file
     */
    record Place(long file, long offset, int length, boolean isWhole) {}

    /** A file, and in which of the seeds it stands. */
    record SeedFile(int seed, EntryPath path) {}

    /**
     * An empty index.
     *
     * @param folder where its files may grow
     * @param chunksMax what it takes at most
     */
    SeedIndex(Path folder, long chunksMax) {
        this.folder = folder;
        this.chunksMax = chunksMax;
        try {
            this.table = nameless(folder, slots * ROW_BYTES);
            this.files = nameless(folder, 0);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static FileChannel nameless(Path folder, long bytes) throws IOException {
        Path file = Files.createTempFile(folder, "seeds-", ".tmp");
        FileChannel channel = FileChannel.open(
                file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        if (bytes > 0) {
            channel.write(ByteBuffer.allocate(1), bytes - 1);
        }
        return channel;
    }

    /** How many different chunks it knows. */
    long chunks() {
        return chunks;
    }

    /** Whether it takes no more. */
    boolean isFull() {
        return chunks >= chunksMax;
    }

    /** Adds a file; gives its place in the list. */
    long addFile(SeedFile file) {
        byte[] key = file.path().key();
        ByteBuffer entry = ByteBuffer.allocate(FILE_FIXED_BYTES + key.length)
                .putInt(file.seed())
                .putInt(key.length)
                .put(key)
                .flip();
        long at = filesEnd;
        try {
            filesEnd += writeFully(files, entry, at);
        } catch (IOException e) {
            throw failed(e);
        }
        return at;
    }

    /** The file at a place of the list. */
    SeedFile file(long at) {
        try {
            ByteBuffer fixed = ByteBuffer.allocate(FILE_FIXED_BYTES);
            readFully(files, fixed, at);
            byte[] key = new byte[Math.clamp(fixed.getInt(4), 0, EntryPath.PATH_BYTES_MAX)];
            readFully(files, ByteBuffer.wrap(key), at + FILE_FIXED_BYTES);
            return new SeedFile(fixed.getInt(0), EntryPath.ofKey(key));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /**
     * Adds a chunk, unless one with that id is known.
     *
     * @throws IllegalStateException if it is full
     */
    void add(ObjectId id, Place place) {
        if (isFull()) {
            throw new IllegalStateException("more than %d chunks".formatted(chunksMax));
        }
        try {
            long slot = slot(id.word0());
            if (length(slot) == 0) {
                write(slot, id.word0(), place);
                chunks++;
                if (4 * chunks > 3 * slots) {
                    grow();
                }
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Where the chunk {@code id} may stand; null if nowhere. */
    @Nullable
    Place find(ObjectId id) {
        try {
            long slot = slot(id.word0());
            return length(slot) == 0 ? null : place(slot);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** The slot that has {@code word}, or the free one where it would go. */
    private long slot(long word) throws IOException {
        long slot = word & (slots - 1);
        while (length(slot) != 0 && block.getLong(row(slot)) != word) {
            slot = (slot + 1) & (slots - 1);
        }
        return slot;
    }

    private int length(long slot) throws IOException {
        long at = slot * ROW_BYTES / BLOCK_BYTES * BLOCK_BYTES;
        if (at != blockAt) {
            blockAt = -1;
            block.clear();
            readFully(table, block, at);
            blockAt = at;
        }
        return block.getInt(row(slot) + 24);
    }

    private static int row(long slot) {
        return (int) (slot * ROW_BYTES % BLOCK_BYTES);
    }

    private Place place(long slot) {
        int row = row(slot);
        return new Place(
                block.getLong(row + 8), block.getLong(row + 16), block.getInt(row + 24), block.getInt(row + 28) == 1);
    }

    private void write(long slot, long word, Place place) throws IOException {
        int row = row(slot);
        block.putLong(row, word)
                .putLong(row + 8, place.file())
                .putLong(row + 16, place.offset())
                .putInt(row + 24, place.length())
                .putInt(row + 28, place.isWhole() ? 1 : 0);
        writeFully(table, block.slice(row, ROW_BYTES), slot * ROW_BYTES);
    }

    private void grow() throws IOException {
        FileChannel old = table;
        long oldSlots = slots;
        try (old) {
            table = nameless(folder, 2 * oldSlots * ROW_BYTES);
            slots = 2 * oldSlots;
            blockAt = -1;
            ByteBuffer rows = ByteBuffer.allocate(64 << 10);
            for (long at = 0; at < oldSlots * ROW_BYTES; at += rows.capacity()) {
                rows.clear();
                readFully(old, rows, at);
                for (int row = 0; row < rows.capacity(); row += ROW_BYTES) {
                    int length = rows.getInt(row + 24);
                    if (length != 0) {
                        long word = rows.getLong(row);
                        Place place = new Place(
                                rows.getLong(row + 8), rows.getLong(row + 16), length, rows.getInt(row + 28) == 1);
                        write(slot(word), word, place);
                    }
                }
            }
        }
    }

    private static void readFully(FileChannel channel, ByteBuffer buffer, long from) throws IOException {
        for (long at = from; buffer.hasRemaining(); ) {
            int read = channel.read(buffer, at);
            if (read < 0) {
                throw new EOFException("a temporary file ends early");
            }
            at += read;
        }
        buffer.rewind();
    }

    private static int writeFully(FileChannel channel, ByteBuffer buffer, long from) throws IOException {
        int written = 0;
        while (buffer.hasRemaining()) {
            written += channel.write(buffer, from + written);
        }
        return written;
    }

    private static StoreAccessException failed(IOException cause) {
        return new StoreAccessException(
                "the list of what the seeds hold could not be kept: " + cause.getMessage(),
                "Check the free space of the repository's folder, or go on without --seed.",
                cause);
    }

    /** Gives the space back. Idempotent. */
    @Override
    public void close() {
        try {
            try (FileChannel _ = table) {
                files.close();
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }
}
