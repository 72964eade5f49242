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

    /** How far each of four steps rotates, in each round. */
    private static final byte[] BITS = {3, 7, 11, 19, 3, 5, 9, 13, 3, 9, 11, 15};

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
        spread(data, offset, stride, lanes, message);
        remember(lanes);
        firstRound(lanes);
        secondRound(lanes);
        thirdRound(lanes);
        add(lanes);
    }

    private void remember(int lanes) {
        for (int word = 0; word < STATE; word++) {
            System.arraycopy(state[word], 0, before[word], 0, lanes);
        }
    }

    private void add(int lanes) {
        for (int word = 0; word < STATE; word++) {
            add(state[word], before[word], lanes);
        }
    }

    private void firstRound(int lanes) {
        for (int step = 0; step < WORDS; step++) {
            choose(
                    turned(step),
                    turned(step - 1),
                    turned(step - 2),
                    turned(step - 3),
                    message[step],
                    BITS[step & 3],
                    lanes);
        }
    }

    private void secondRound(int lanes) {
        for (int step = 0; step < WORDS; step++) {
            int[] word = message[(step & 3) << 2 | step >> 2];
            majority(
                    turned(step),
                    turned(step - 1),
                    turned(step - 2),
                    turned(step - 3),
                    word,
                    BITS[4 + (step & 3)],
                    lanes);
        }
    }

    private void thirdRound(int lanes) {
        for (int step = 0; step < WORDS; step++) {
            // The four bits of the number in reverse.
            int[] word = message[Integer.reverse(step) >>> (Integer.SIZE - 4)];
            parity(
                    turned(step),
                    turned(step - 1),
                    turned(step - 2),
                    turned(step - 3),
                    word,
                    BITS[8 + (step & 3)],
                    lanes);
        }
    }

    /** The words of the state take turns. */
    private int[] turned(int step) {
        return state[-step & 3];
    }

    @Override
    void write(int lane, byte[] sum) {
        for (int word = 0; word < STATE; word++) {
            INT_LE.set(sum, word * Integer.BYTES, state[word][lane]);
        }
    }

    private static void spread(byte[] data, int offset, int stride, int lanes, int[][] message) {
        for (int lane = 0; lane < lanes; lane++) {
            int at = offset + lane * stride;
            for (int word = 0; word < WORDS; word++) {
                message[word][lane] = (int) INT_LE.get(data, at + word * Integer.BYTES);
            }
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
