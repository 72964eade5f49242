package dev.cairn.chunker;

import java.util.Arrays;

/**
 * A chunk as it lies in the buffer of a {@link Chunker}: valid until the sink that got it returns.
 *
 * <p>The buffer is lent, not copied: a sink reads {@code buffer()[offset() .. offset() + length())} and writes to none of it.
 */
public final class ChunkSlice {
    private final byte[] buffer;
    private final int offset;
    private final int length;
    private final long position;
    private final boolean allZero;

    ChunkSlice(byte[] buffer, int offset, int length, long position, boolean allZero) {
        this.buffer = buffer;
        this.offset = offset;
        this.length = length;
        this.position = position;
        this.allZero = allZero;
    }

    /** The array that holds the chunk, among other bytes. */
    public byte[] buffer() {
        return buffer;
    }

    /** Where in {@link #buffer()} the chunk begins. */
    public int offset() {
        return offset;
    }

    /** Length in bytes, at least 1. */
    public int length() {
        return length;
    }

    /** Offset of the chunk's first byte in the input it was cut from. */
    public long position() {
        return position;
    }

    /**
     * Whether every byte is zero. All of a stream's inner zero chunks have the same length ({@link GearCutter#zeroChunkBytes()}), so a caller
     * that keeps the id it gave to the last zero chunk hashes and stores a long run of zeros once.
     */
    public boolean allZero() {
        return allZero;
    }

    /** A copy of the bytes, for use after the sink has returned. */
    public byte[] copy() {
        return Arrays.copyOfRange(buffer, offset, offset + length);
    }

    @Override
    public String toString() {
        return "ChunkSlice[position=%d, length=%d%s]".formatted(position, length, allZero ? ", allZero" : "");
    }
}
