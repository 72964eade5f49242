package dev.cairn.chunker;

import java.util.Objects;

/**
 * The FastCDC-2020 rule, so that the gear scan is checked against vectors published for other implementations; repositories do not use
 * it.
 *
 * <p>It differs from {@link GearCutter}: the hash starts from zero at the minimum length, so a cut depends on where the chunk began; the
 * byte that triggers a cut starts the next chunk; masks have scattered bits; and the minimum and switch lengths are rounded down to
 * even, as they are where two bytes are taken a step. Source: Xia et al., "The Design of Fast Content-Defined Chunking for Data
 * Deduplication Based Storage Systems", IEEE TPDS 2020, and the mask parameters of its reference implementation.
 */
public final class FastCdcCutter implements Cutter {
    private static final int MASK_BITS_MIN = 11;

    /** The published masks of 11 to 17 bits. */
    private static final long[] MASKS = {
        0xd90003530000L,
        0xd90103530000L,
        0xd90303530000L,
        0xd90313530000L,
        0xd90f03530000L,
        0xd90303537000L,
        0xd90703537000L
    };

    private final GearTable table;
    private final int minBytes;
    private final int avgBytes;
    private final int maxBytes;
    private final long strictMask;
    private final long looseMask;

    /**
     * A cutter with sizes in bytes and a normalisation level of 0 to 3.
     *
     * @throws IllegalArgumentException if the sizes are not {@code 64 <= min <= avg < max <= 4 MiB}, or the average asks for a
     *     mask that was not published: log2 of the average, plus and minus the level, must be within 11..17
     */
    public FastCdcCutter(GearTable table, int minBytes, int avgBytes, int maxBytes, int level) {
        if (minBytes < CutFinder.WINDOW_BYTES
                || avgBytes < minBytes
                || maxBytes <= avgBytes
                || maxBytes > ChunkProfile.BYTES_LIMIT) {
            throw new IllegalArgumentException("sizes must obey %d <= min (%d) <= avg (%d) < max (%d) <= %d"
                    .formatted(CutFinder.WINDOW_BYTES, minBytes, avgBytes, maxBytes, ChunkProfile.BYTES_LIMIT));
        }
        if (level < 0 || level > 3) {
            throw new IllegalArgumentException("normalisation level (%d) must be within 0..3".formatted(level));
        }
        int bits = (int) Math.round(Math.log(avgBytes) / Math.log(2));
        this.table = table;
        this.minBytes = minBytes & ~1;
        this.avgBytes = avgBytes & ~1;
        this.maxBytes = maxBytes;
        this.strictMask = mask(bits + level);
        this.looseMask = mask(bits - level);
    }

    private static long mask(int bits) {
        if (bits < MASK_BITS_MIN || bits >= MASK_BITS_MIN + MASKS.length) {
            throw new IllegalArgumentException("no mask of %d bits was published, only of %d to %d"
                    .formatted(bits, MASK_BITS_MIN, MASK_BITS_MIN + MASKS.length - 1));
        }
        return MASKS[bits - MASK_BITS_MIN];
    }

    @Override
    public int cut(byte[] data, int from, int to, boolean atEnd) {
        Objects.checkFromToIndex(from, to, data.length);
        int available = to - from;
        if (available == 0) {
            throw new IndexOutOfBoundsException("no bytes to cut at %d".formatted(from));
        }
        if (available < maxBytes && !atEnd) {
            return NEED_MORE;
        }
        int limit = Math.min(available, maxBytes);
        int scanned = limit & ~1;
        int switchAt = Math.min(avgBytes, scanned);
        long[] gear = table.entries();
        long hash = 0;
        int length = minBytes;
        for (; length < switchAt; length++) {
            hash = (hash << 1) + gear[data[from + length] & 0xFF];
            if ((hash & strictMask) == 0) {
                return length;
            }
        }
        for (; length < scanned; length++) {
            hash = (hash << 1) + gear[data[from + length] & 0xFF];
            if ((hash & looseMask) == 0) {
                return length;
            }
        }
        return limit;
    }

    @Override
    public int bytesMax() {
        return maxBytes;
    }

    @Override
    public int wholeFileBytesMax() {
        return 0;
    }
}
