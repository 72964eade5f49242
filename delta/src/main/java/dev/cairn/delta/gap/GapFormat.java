package dev.cairn.delta.gap;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The numbers of the format, which both sides must agree on. */
final class GapFormat {
    /** The high half of the first byte. */
    static final int VERSION = 1;

    /** In the first byte: a column of differences follows the raw bits. */
    static final int FLAG_DIFFERENCES = 1;

    /** A copy's length is written less this, so that none is shorter. */
    static final int COPY_BYTES_MIN = 6;

    /** The longest gap whose bytes may be differences. */
    static final int DIFFERENCE_GAP_BYTES_MAX = 256;

    static final int LITERAL_FRAME_BYTES = 1 << 20;
    static final int DICTIONARY_BYTES_MAX = 128 << 10;

    /** How the bytes of a frame stand. */
    static final int FRAME_RAW = 0;

    static final int FRAME_ZSTD = 1;
    static final int FRAME_ZSTD_BASE = 2;

    /** Symbols below stand for themselves. */
    static final int SYMBOL_WIDE = 200;

    /** The symbol {@link #SYMBOL_WIDE} stands for numbers of so many bits, the next for one bit more. */
    static final int WIDE_BITS_MIN = 8;

    /** No number of the format has more: twice the largest base, with a sign. */
    static final int WIDE_BITS_MAX = 26;

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private GapFormat() {}

    /** Whether a gap may be differences: short, and the next copy goes on behind as many bytes of the base. */
    static boolean isDifferenceGap(int literal, int offset) {
        return offset == 0 && literal > 0 && literal <= DIFFERENCE_GAP_BYTES_MAX;
    }

    /** Eight bytes, the first lowest. */
    static long word(byte[] bytes, int at) {
        return (long) WORD.get(bytes, at);
    }

    static void checkBase(byte[] base, int baseLength) {
        if (baseLength < 0 || baseLength > base.length || baseLength > GapEncoder.BASE_BYTES_MAX) {
            throw new IllegalArgumentException("the base (%d) must be within 0..%d bytes of an array of %d"
                    .formatted(baseLength, GapEncoder.BASE_BYTES_MAX, base.length));
        }
    }
}
