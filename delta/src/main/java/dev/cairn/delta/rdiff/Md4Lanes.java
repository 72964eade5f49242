package dev.cairn.delta.rdiff;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** MD4 (RFC 1320) of several blocks at once. Broken: for old peers only. */
final class Md4Lanes extends SumLanes {
    static final int SUM_BYTES = 16;

    private static final int MESSAGE_BYTES = 64;
    private static final int WORDS = 16;
    private static final int STATE = 4;
    private static final VarHandle INT_LE = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG_LE =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int[] IV = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};

    private final int[][] state = new int[STATE][LANES_MAX];
    private final int[][] before = new int[STATE][LANES_MAX];
    private final int[][] message = new int[WORDS][LANES_MAX];

    Md4Lanes() {
        super(MESSAGE_BYTES, 2 * MESSAGE_BYTES);
    }

    @Override
    void begin(int lanes) {
        for (int word = 0; word < STATE; word++) {
            Arrays.fill(state[word], 0, lanes, IV[word]);
        }
    }

    @Override
    int pad(int rest) {
        return rest + 1 + Long.BYTES <= MESSAGE_BYTES ? MESSAGE_BYTES : 2 * MESSAGE_BYTES;
    }

    @Override
    void end(byte[] tails, int offset, int rest, int tail, int blockBytes) {
        tails[offset + rest] = (byte) 0x80;
        LONG_LE.set(tails, offset + tail - Long.BYTES, (long) blockBytes * Byte.SIZE);
    }

    @Override
    void take(byte[] data, int offset, int stride, int lanes, long count, boolean last) {
        for (int lane = 0; lane < lanes; lane++) {
            spread(data, offset + lane * stride, message, lane);
        }
        int[] a = state[0];
        int[] b = state[1];
        int[] c = state[2];
        int[] d = state[3];
        int[][] m = message;
        for (int word = 0; word < STATE; word++) {
            System.arraycopy(state[word], 0, before[word], 0, lanes);
        }
        for (int i = 0; i < WORDS; i += 4) {
            choose(a, b, c, d, m[i], 3, lanes);
            choose(d, a, b, c, m[i + 1], 7, lanes);
            choose(c, d, a, b, m[i + 2], 11, lanes);
            choose(b, c, d, a, m[i + 3], 19, lanes);
        }
        for (int i = 0; i < 4; i++) {
            majority(a, b, c, d, m[i], 3, lanes);
            majority(d, a, b, c, m[i + 4], 5, lanes);
            majority(c, d, a, b, m[i + 8], 9, lanes);
            majority(b, c, d, a, m[i + 12], 13, lanes);
        }
        for (int i = 0; i < 4; i++) {
            int first = (i & 1) << 1 | i >> 1;
            parity(a, b, c, d, m[first], 3, lanes);
            parity(d, a, b, c, m[first + 8], 9, lanes);
            parity(c, d, a, b, m[first + 4], 11, lanes);
            parity(b, c, d, a, m[first + 12], 15, lanes);
        }
        for (int word = 0; word < STATE; word++) {
            add(state[word], before[word], lanes);
        }
    }

    @Override
    void write(int lane, byte[] sum) {
        for (int word = 0; word < STATE; word++) {
            INT_LE.set(sum, word * Integer.BYTES, state[word][lane]);
        }
    }

    private static void spread(byte[] data, int offset, int[][] message, int lane) {
        for (int word = 0; word < WORDS; word++) {
            message[word][lane] = (int) INT_LE.get(data, offset + word * Integer.BYTES);
        }
    }

    private static void choose(int[] a, int[] b, int[] c, int[] d, int[] word, int bits, int lanes) {
        for (int i = 0; i < lanes; i++) {
            a[i] = Integer.rotateLeft(a[i] + (d[i] ^ (b[i] & (c[i] ^ d[i]))) + word[i], bits);
        }
    }

    private static void majority(int[] a, int[] b, int[] c, int[] d, int[] word, int bits, int lanes) {
        for (int i = 0; i < lanes; i++) {
            a[i] = Integer.rotateLeft(a[i] + ((b[i] & c[i]) ^ (d[i] & (b[i] ^ c[i]))) + word[i] + 0x5a827999, bits);
        }
    }

    private static void parity(int[] a, int[] b, int[] c, int[] d, int[] word, int bits, int lanes) {
        for (int i = 0; i < lanes; i++) {
            a[i] = Integer.rotateLeft(a[i] + (b[i] ^ c[i] ^ d[i]) + word[i] + 0x6ed9eba1, bits);
        }
    }

    private static void add(int[] state, int[] before, int lanes) {
        for (int i = 0; i < lanes; i++) {
            state[i] += before[i];
        }
    }
}
