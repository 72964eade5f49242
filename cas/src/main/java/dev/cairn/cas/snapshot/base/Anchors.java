package dev.cairn.cas.snapshot.base;

import dev.cairn.chunker.ByteSource;
import dev.cairn.chunker.ChunkProfile;
import dev.cairn.chunker.Chunker;
import dev.cairn.chunker.GearCutter;
import dev.cairn.chunker.GearTable;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Cuts bytes into anchors: pieces of 2 to 32 KiB, 8 in the mean, by content, and a 64-bit hash of each. They are compared
 * within one capture only, so neither cuts nor hashes are part of any format, and two pieces that happen to hash alike cost
 * bytes, not rightness.
 *
 * <p>For one thread. About 1 GB/s a core.
 */
final class Anchors {

    /** The mean length of an anchor. */
    static final int MEAN_BYTES = 8 << 10;

    private static final ChunkProfile PROFILE = ChunkProfile.normalised(2 << 10, MEAN_BYTES, 32 << 10);
    private static final GearTable TABLE = GearTable.keyed(new byte[GearTable.KEY_BYTES]);

    private static final VarHandle LONG_LE =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long MIX_1 = 0x9e3779b97f4a7c15L;
    private static final long MIX_2 = 0xbf58476d1ce4e5b9L;
    private static final int LANE_BYTES = 2 * Long.BYTES;

    private final GearCutter cutter = new GearCutter(TABLE, PROFILE);

    /** Hears of anchors. */
    @FunctionalInterface
    interface Sink {
        void anchor(long hash, long offset, int length);
    }

    /** Shows the anchors of {@code data[from .. to)}; offsets are counted from {@code from}. */
    void of(byte[] data, int from, int to, Sink sink) {
        int at = from;
        while (at < to) {
            int length = cutter.cut(data, at, to, true);
            sink.anchor(hash(data, at, length), at - from, length);
            at += length;
        }
    }

    /** Shows the anchors of all that {@code source} gives. */
    void of(ByteSource source, Sink sink) throws IOException {
        long[] at = {0};
        new Chunker(cutter).region(source, piece -> {
            sink.anchor(hash(piece.buffer(), piece.offset(), piece.length()), at[0], piece.length());
            at[0] += piece.length();
        });
    }

    private static long hash(byte[] data, int from, int length) {
        long a = length * MIX_1;
        long b = ~a;
        int at = from;
        int to = from + length;
        for (; at <= to - LANE_BYTES; at += LANE_BYTES) {
            a = Long.rotateLeft((a ^ (long) LONG_LE.get(data, at)) * MIX_1, 29);
            b = Long.rotateLeft((b ^ (long) LONG_LE.get(data, at + Long.BYTES)) * MIX_2, 31);
        }
        for (; at < to; at++) {
            a = Long.rotateLeft((a ^ (data[at] & 0xff)) * MIX_1, 29);
        }
        long hash = (a ^ Long.rotateLeft(b, 32)) * MIX_2;
        return hash ^ (hash >>> 31);
    }
}
