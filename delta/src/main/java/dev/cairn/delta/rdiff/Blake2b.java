package dev.cairn.delta.rdiff;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * BLAKE2b without a key, of 32 bytes (RFC 7693), of byte ranges that are in memory. One thread at a time; allocates nothing after its making.
 *
 * <p>Our own, since signatures and deltas are bounded by it: Bouncy Castle's keeps its state in arrays and has a third of the speed. The
 * sixteen words of state are local variables here and one round is the loop's body: unrolled to all twelve, the method is too long for the
 * compiler.
 */
final class Blake2b {
    static final int SUM_BYTES = 32;

    /** What one step takes in. */
    static final int BLOCK_BYTES = 128;

    /** Of a message, and of the state that a step works on. */
    static final int WORDS = 16;

    static final VarHandle LONG_LE = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long IV0 = 0x6a09e667f3bcc908L;
    private static final long IV1 = 0xbb67ae8584caa73bL;
    private static final long IV2 = 0x3c6ef372fe94f82bL;
    private static final long IV3 = 0xa54ff53a5f1d36f1L;
    private static final long IV4 = 0x510e527fade682d1L;
    private static final long IV5 = 0x9b05688c2b3e6c1fL;
    private static final long IV6 = 0x1f83d9abfb41bd6bL;
    private static final long IV7 = 0x5be0cd19137e2179L;
    private static final long[] IV = {IV0, IV1, IV2, IV3, IV4, IV5, IV6, IV7};

    /** Which word of the message comes when: a row a round, a digit a word. */
    static final byte[] SCHEDULE = schedule(
            "0123456789abcdef",
            "ea489fd61c02b753",
            "b8c052fdae367194",
            "7931dcbe265a40f8",
            "905724afe1bc683d",
            "2c6a0b834d75fe19",
            "c51fed4a0763928b",
            "db7ec13950f4862a",
            "6fe9b308c2d714a5",
            "a2847615fb9e3cd0",
            "0123456789abcdef",
            "ea489fd61c02b753");

    private final long[] state = new long[8];
    private final long[] message = new long[WORDS];
    private final byte[] lastBlock = new byte[BLOCK_BYTES];

    private static byte[] schedule(String... rounds) {
        byte[] schedule = new byte[rounds.length * WORDS];
        for (int i = 0; i < schedule.length; i++) {
            schedule[i] = (byte) Character.digit(rounds[i / WORDS].charAt(i % WORDS), 16);
        }
        return schedule;
    }

    /** A word of the state that a sum begins with. */
    static long initial(int word) {
        // Length of the sum, no key, one block after the other.
        return word == 0 ? IV0 ^ 0x01010000 ^ SUM_BYTES : IV[word];
    }

    /** A word of the lower half of what a step works on. */
    static long constant(int word) {
        return IV[word];
    }

    /** Writes the sum of a range to the beginning of {@code sum}. */
    void sum(byte[] data, int offset, int length, byte[] sum) {
        for (int word = 0; word < state.length; word++) {
            state[word] = initial(word);
        }
        int done = 0;
        for (; length - done > BLOCK_BYTES; done += BLOCK_BYTES) {
            compress(state, load(data, offset + done), done + BLOCK_BYTES, 0);
        }
        System.arraycopy(data, offset + done, lastBlock, 0, length - done);
        Arrays.fill(lastBlock, length - done, BLOCK_BYTES, (byte) 0);
        compress(state, load(lastBlock, 0), length, -1);
        for (int i = 0; i < SUM_BYTES / Long.BYTES; i++) {
            LONG_LE.set(sum, i * Long.BYTES, state[i]);
        }
    }

    /** Takes the message {@code m} of one block into the state {@code h}; {@code count} bytes are in with it; {@code last} is all ones for the last one, else zero. */
    private static void compress(long[] h, long[] m, long count, long last) {
        long v0 = h[0];
        long v1 = h[1];
        long v2 = h[2];
        long v3 = h[3];
        long v4 = h[4];
        long v5 = h[5];
        long v6 = h[6];
        long v7 = h[7];
        long v8 = IV0;
        long v9 = IV1;
        long v10 = IV2;
        long v11 = IV3;
        long v12 = IV4 ^ count;
        long v13 = IV5;
        long v14 = IV6 ^ last;
        long v15 = IV7;
        for (int round = 0; round < SCHEDULE.length; round += WORDS) {
            v12 = Long.rotateRight(v12 ^ (v0 += v4 + m[SCHEDULE[round]]), 32);
            v4 = Long.rotateRight(v4 ^ (v8 += v12), 24);
            v12 = Long.rotateRight(v12 ^ (v0 += v4 + m[SCHEDULE[round + 1]]), 16);
            v4 = Long.rotateRight(v4 ^ (v8 += v12), 63);
            v13 = Long.rotateRight(v13 ^ (v1 += v5 + m[SCHEDULE[round + 2]]), 32);
            v5 = Long.rotateRight(v5 ^ (v9 += v13), 24);
            v13 = Long.rotateRight(v13 ^ (v1 += v5 + m[SCHEDULE[round + 3]]), 16);
            v5 = Long.rotateRight(v5 ^ (v9 += v13), 63);
            v14 = Long.rotateRight(v14 ^ (v2 += v6 + m[SCHEDULE[round + 4]]), 32);
            v6 = Long.rotateRight(v6 ^ (v10 += v14), 24);
            v14 = Long.rotateRight(v14 ^ (v2 += v6 + m[SCHEDULE[round + 5]]), 16);
            v6 = Long.rotateRight(v6 ^ (v10 += v14), 63);
            v15 = Long.rotateRight(v15 ^ (v3 += v7 + m[SCHEDULE[round + 6]]), 32);
            v7 = Long.rotateRight(v7 ^ (v11 += v15), 24);
            v15 = Long.rotateRight(v15 ^ (v3 += v7 + m[SCHEDULE[round + 7]]), 16);
            v7 = Long.rotateRight(v7 ^ (v11 += v15), 63);
            v15 = Long.rotateRight(v15 ^ (v0 += v5 + m[SCHEDULE[round + 8]]), 32);
            v5 = Long.rotateRight(v5 ^ (v10 += v15), 24);
            v15 = Long.rotateRight(v15 ^ (v0 += v5 + m[SCHEDULE[round + 9]]), 16);
            v5 = Long.rotateRight(v5 ^ (v10 += v15), 63);
            v12 = Long.rotateRight(v12 ^ (v1 += v6 + m[SCHEDULE[round + 10]]), 32);
            v6 = Long.rotateRight(v6 ^ (v11 += v12), 24);
            v12 = Long.rotateRight(v12 ^ (v1 += v6 + m[SCHEDULE[round + 11]]), 16);
            v6 = Long.rotateRight(v6 ^ (v11 += v12), 63);
            v13 = Long.rotateRight(v13 ^ (v2 += v7 + m[SCHEDULE[round + 12]]), 32);
            v7 = Long.rotateRight(v7 ^ (v8 += v13), 24);
            v13 = Long.rotateRight(v13 ^ (v2 += v7 + m[SCHEDULE[round + 13]]), 16);
            v7 = Long.rotateRight(v7 ^ (v8 += v13), 63);
            v14 = Long.rotateRight(v14 ^ (v3 += v4 + m[SCHEDULE[round + 14]]), 32);
            v4 = Long.rotateRight(v4 ^ (v9 += v14), 24);
            v14 = Long.rotateRight(v14 ^ (v3 += v4 + m[SCHEDULE[round + 15]]), 16);
            v4 = Long.rotateRight(v4 ^ (v9 += v14), 63);
        }
        h[0] ^= v0 ^ v8;
        h[1] ^= v1 ^ v9;
        h[2] ^= v2 ^ v10;
        h[3] ^= v3 ^ v11;
        h[4] ^= v4 ^ v12;
        h[5] ^= v5 ^ v13;
        h[6] ^= v6 ^ v14;
        h[7] ^= v7 ^ v15;
    }

    private long[] load(byte[] data, int offset) {
        for (int i = 0; i < WORDS; i++) {
            message[i] = (long) LONG_LE.get(data, offset + i * Long.BYTES);
        }
        return message;
    }
}
