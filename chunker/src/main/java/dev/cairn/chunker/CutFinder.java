package dev.cairn.chunker;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The loops that look for candidate positions: static, over heap arrays.
 *
 * <p>A position is the offset just behind the byte that completed the hash. Its hash is a pure function of the {@value #WINDOW_BYTES}
 * bytes before it.
 */
final class CutFinder {
    /** Bytes that a hash depends on: a 64-bit hash shifted by one bit a byte. */
    static final int WINDOW_BYTES = 64;

    /** Answer of {@link #firstHit} where no position fits. */
    static final int NONE = -1;

    /** Bytes of a lane. Longer ones are warmed up less often, shorter ones waste less where there is a hit. */
    private static final int LANE_BYTES = 512;

    /** Bytes that {@link #scanLanes} takes as one: three lanes. */
    static final int BLOCK_BYTES = 3 * LANE_BYTES;

    private static final int LANE_STEP_BYTES = 4;

    private static final VarHandle LONG_LE =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private CutFinder() {}

    /** The hash at a position that has at least {@value #WINDOW_BYTES} bytes before it. */
    static long hashAt(long[] table, byte[] data, int position) {
        long hash = 0;
        for (int i = position - WINDOW_BYTES; i < position; i++) {
            hash = (hash << 1) + table[data[i] & 0xFF];
        }
        return hash;
    }

    /**
     * The first position from {@code from} to {@code to}, both included, whose hash has no bit of {@code mask}; {@link #NONE} if there
     * is none or {@code from > to}. The {@value #WINDOW_BYTES} bytes before {@code from} are read.
     *
     * <p>Cost: one pass up to the hit, up to {@value #BLOCK_BYTES} bytes more behind it, and a copy of the table where lanes are worth it.
     *
     * @param mask a run of top bits, at least one
     */
    static int firstHit(long[] table, byte[] data, int from, int to, long mask) {
        if (from > to) {
            return NONE;
        }
        int rest = from;
        if (to - from >= BLOCK_BYTES) {
            int step = scanLanes(table, data, from, to, mask);
            if (step != NONE) {
                return firstOfBlock(table, data, from + (step - from) / BLOCK_BYTES * BLOCK_BYTES, step, mask);
            }
            rest = to - (to - from) % BLOCK_BYTES;
        }
        return scan(table, data, rest, to, mask);
    }

    /**
     * Looks at whole blocks, {@value #BLOCK_BYTES} bytes each, from {@code from} on for as long as they end at {@code to} or before. In a
     * block, three lanes are hashed in lock step: each byte waits for the hash of the one before, two cycles, and the lanes wait
     * together.
     *
     * <p><b>What the shape of the loop is for</b>, measured on JDK 25 as multiples of {@link #scan}'s speed in the same run, both without
     * hits: as it is, 2.4 to 2.7; two lanes 2.1; four 1.2, because registers run out; {@code (hash & mask) == 0} for the comparison with
     * a limit 1.2, up to three instructions for one; {@code Long.compareUnsigned} 1.4; lanes of a length that is no constant 1.2, because
     * indices are then extended and checked one by one; the rest of the search in this method 1.1, because its variables push table
     * and data out of their registers. One lane that takes two bytes a step was no faster than {@link #scan}.
     *
     * @return where the first lane of the first block with a hit stood when some lane came upon one within {@value #LANE_STEP_BYTES}
     *     bytes, or {@link #NONE}
     */
    private static int scanLanes(long[] table, byte[] data, int from, int to, long mask) {
        // Hashes are kept with 2^63 added, which turns unsigned order into signed: to have no bit of the mask is to be
        // below a limit. Doubling a hash shifts the added bit out, so adding it to the table's numbers is enough.
        long[] gear = new long[GearTable.ENTRIES];
        for (int i = 0; i < GearTable.ENTRIES; i++) {
            gear[i] = table[i] + Long.MIN_VALUE;
        }
        long limit = Long.MIN_VALUE - mask;
        long hash0 = hashAt(gear, data, from);
        if (hash0 < limit) {
            return from;
        }
        int block = from;
        do {
            long hash1 = hashAt(gear, data, block + LANE_BYTES);
            long hash2 = hashAt(gear, data, block + 2 * LANE_BYTES);
            int end = block + LANE_BYTES;
            for (int at = block; at < end; at += LANE_STEP_BYTES) {
                hash0 = (hash0 << 1) + gear[data[at] & 0xFF];
                hash1 = (hash1 << 1) + gear[data[at + LANE_BYTES] & 0xFF];
                hash2 = (hash2 << 1) + gear[data[at + 2 * LANE_BYTES] & 0xFF];
                if (hash0 < limit || hash1 < limit || hash2 < limit) {
                    return at;
                }
                hash0 = (hash0 << 1) + gear[data[at + 1] & 0xFF];
                hash1 = (hash1 << 1) + gear[data[at + LANE_BYTES + 1] & 0xFF];
                hash2 = (hash2 << 1) + gear[data[at + 2 * LANE_BYTES + 1] & 0xFF];
                if (hash0 < limit || hash1 < limit || hash2 < limit) {
                    return at;
                }
                hash0 = (hash0 << 1) + gear[data[at + 2] & 0xFF];
                hash1 = (hash1 << 1) + gear[data[at + LANE_BYTES + 2] & 0xFF];
                hash2 = (hash2 << 1) + gear[data[at + 2 * LANE_BYTES + 2] & 0xFF];
                if (hash0 < limit || hash1 < limit || hash2 < limit) {
                    return at;
                }
                hash0 = (hash0 << 1) + gear[data[at + 3] & 0xFF];
                hash1 = (hash1 << 1) + gear[data[at + LANE_BYTES + 3] & 0xFF];
                hash2 = (hash2 << 1) + gear[data[at + 2 * LANE_BYTES + 3] & 0xFF];
                if (hash0 < limit || hash1 < limit || hash2 < limit) {
                    return at;
                }
            }
            hash0 = hash2;
            block += BLOCK_BYTES;
        } while (to - block >= BLOCK_BYTES);
        return NONE;
    }

    /** The first position with a hit of a block in which, at {@code step} of the first lane or a few bytes on, some lane has one. */
    private static int firstOfBlock(long[] table, byte[] data, int block, int step, long mask) {
        int end = block + LANE_BYTES;
        for (int lane = 0; lane < BLOCK_BYTES; lane += LANE_BYTES) {
            int position = scan(table, data, step + lane, end + lane, mask);
            if (position != NONE) {
                return position;
            }
        }
        throw new AssertionError("no hit in the block at %d, from %d on".formatted(block, step));
    }

    /**
     * One lane, eight bytes a read. The checks above stand apart from it because, in one method, they cost a quarter of the speed on
     * JDK 25: 0.80 against 1.08 GB/s, where plain C came to 1.21.
     */
    private static int scan(long[] table, byte[] data, int from, int to, long mask) {
        long hash = hashAt(table, data, from);
        if ((hash & mask) == 0) {
            return from;
        }
        int at = from;
        for (; at <= to - Long.BYTES; at += Long.BYTES) {
            long word = (long) LONG_LE.get(data, at);
            hash = (hash << 1) + table[(int) word & 0xFF];
            if ((hash & mask) == 0) {
                return at + 1;
            }
            hash = (hash << 1) + table[(int) (word >>> 8) & 0xFF];
            if ((hash & mask) == 0) {
                return at + 2;
            }
            hash = (hash << 1) + table[(int) (word >>> 16) & 0xFF];
            if ((hash & mask) == 0) {
                return at + 3;
            }
            hash = (hash << 1) + table[(int) (word >>> 24) & 0xFF];
            if ((hash & mask) == 0) {
                return at + 4;
            }
            hash = (hash << 1) + table[(int) (word >>> 32) & 0xFF];
            if ((hash & mask) == 0) {
                return at + 5;
            }
            hash = (hash << 1) + table[(int) (word >>> 40) & 0xFF];
            if ((hash & mask) == 0) {
                return at + 6;
            }
            hash = (hash << 1) + table[(int) (word >>> 48) & 0xFF];
            if ((hash & mask) == 0) {
                return at + 7;
            }
            hash = (hash << 1) + table[(int) (word >>> 56)];
            if ((hash & mask) == 0) {
                return at + 8;
            }
        }
        for (; at < to; at++) {
            hash = (hash << 1) + table[data[at] & 0xFF];
            if ((hash & mask) == 0) {
                return at + 1;
            }
        }
        return NONE;
    }

    /** Number of zero bytes from {@code from} on, at most {@code limit}. */
    static int zeroRun(byte[] data, int from, int limit) {
        int run = 0;
        while (run <= limit - Long.BYTES && (long) LONG_LE.get(data, from + run) == 0) {
            run += Long.BYTES;
        }
        while (run < limit && data[from + run] == 0) {
            run++;
        }
        return run;
    }
}
