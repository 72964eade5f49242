package dev.cairn.chunker;

import java.io.IOException;

/**
 * Cuts streams into chunks, one stream after another, in a buffer of its own.
 *
 * <p>The cuts are a function of the stream's bytes: how many bytes a read returns and how large the buffer is change nothing. Memory is
 * the buffer, by default four times the longest chunk, whatever the length of the stream; each byte is moved inside it at most once.
 *
 * <h2>Holes</h2>
 *
 * <p>A sparse file is cut region by region: {@link #region} once for each run of data between two holes, so that the end of a region
 * ends a chunk and a hole is neither read nor stored. What follows a hole finds the cuts it had without the hole within a chunk or two,
 * because cuts resynchronise. Holes shorter than {@link #HOLE_BYTES_MIN} are better read as zeros than made into boundaries. Zeros that
 * are <em>read</em> are cut like other bytes, but without hashing, and come out as slices that say {@link ChunkSlice#allZero()}.
 *
 * <p>Not safe for use by several threads at once; give each thread its own.
 */
public final class Chunker {
    /** The shortest hole worth a boundary, in bytes: cutting at shorter ones costs more in ids than their zeros do. */
    public static final int HOLE_BYTES_MIN = 64 << 10;

    private static final int BUFFER_CHUNKS = 4;

    private final Cutter cutter;
    private final byte[] buffer;

    /** A chunker with a buffer of four times the longest chunk. */
    public Chunker(Cutter cutter) {
        this(cutter, BUFFER_CHUNKS * cutter.bytesMax());
    }

    /**
     * A chunker with a buffer of a given size.
     *
     * @throws IllegalArgumentException if the buffer cannot hold two chunks of the longest kind
     */
    public Chunker(Cutter cutter, int bufferBytes) {
        if (bufferBytes / 2 < cutter.bytesMax()) {
            throw new IllegalArgumentException("bufferBytes (%d) must be at least twice the longest chunk (%d)"
                    .formatted(bufferBytes, cutter.bytesMax()));
        }
        this.cutter = cutter;
        this.buffer = new byte[bufferBytes];
    }

    /**
     * Cuts a whole file: one that turns out to have up to {@link Cutter#wholeFileBytesMax()} bytes is one chunk, an empty one none.
     *
     * @return the number of bytes read
     * @throws IOException what the source or the sink threw, or that the source broke its contract
     */
    public long file(ByteSource source, ChunkSink sink) throws IOException {
        return run(source, sink, cutter.wholeFileBytesMax(), Long.MAX_VALUE);
    }

    /**
     * Cuts a region of a larger file, without the rule for small files; its end ends a chunk.
     *
     * @return the number of bytes read
     * @throws IOException what the source or the sink threw, or that the source broke its contract
     */
    public long region(ByteSource source, ChunkSink sink) throws IOException {
        return stretch(source, Long.MAX_VALUE, sink);
    }

    /**
     * Cuts a region of a larger file up to the first cut at {@code bytes} or behind; cutting that goes on from there gives the cuts of the
     * whole region. Has read some way ahead by then.
     *
     * @return where it ended: less than {@code bytes} only if the source has ended
     * @throws IOException what the source or the sink threw, or that the source broke its contract
     */
    public long stretch(ByteSource source, long bytes, ChunkSink sink) throws IOException {
        return run(source, sink, 0, bytes);
    }

    private long run(ByteSource source, ChunkSink sink, int wholeFileBytesMax, long stopAt) throws IOException {
        long position = 0;
        int from = 0;
        int to = 0;
        boolean atEnd = false;
        while (true) {
            if (!atEnd && to - from < cutter.bytesMax()) {
                System.arraycopy(buffer, from, buffer, 0, to - from);
                to -= from;
                from = 0;
                int filled = fill(source, to);
                atEnd = filled < buffer.length;
                to = filled;
            }
            if (from == to) {
                return position;
            }
            boolean whole = atEnd && position == 0 && to <= wholeFileBytesMax;
            int length = whole ? to : cutter.cut(buffer, from, to, atEnd);
            boolean allZero = buffer[from] == 0 && CutFinder.zeroRun(buffer, from, length) == length;
            sink.accept(new ChunkSlice(buffer, from, length, position, allZero));
            from += length;
            position += length;
            if (position >= stopAt) {
                return position;
            }
        }
    }

    /** Fills the buffer from {@code to} on; less than a full buffer means the end of the input. */
    private int fill(ByteSource source, int to) throws IOException {
        int filled = to;
        while (filled < buffer.length) {
            int read = source.read(buffer, filled, buffer.length - filled);
            if (read < 0) {
                return filled;
            }
            if (read == 0 || read > buffer.length - filled) {
                throw new IOException("a read of up to %d bytes returned %d".formatted(buffer.length - filled, read));
            }
            filled += read;
        }
        return filled;
    }
}
