package dev.cairn.delta.rdiff;

import java.util.Arrays;

/** {@link Blake2b} of several blocks at once. */
final class Blake2bLanes extends SumLanes {
    private static final int WORDS = Blake2b.WORDS;
    private static final int STATE = WORDS / 2;

    private final long[][] state = new long[STATE][LANES_MAX];
    private final long[][] work = new long[WORDS][LANES_MAX];
    private final long[][] message = new long[WORDS][LANES_MAX];

    Blake2bLanes() {
        super(Blake2b.BLOCK_BYTES, Blake2b.BLOCK_BYTES);
    }

    @Override
    void begin(int lanes) {
        for (int word = 0; word < STATE; word++) {
            Arrays.fill(state[word], 0, lanes, Blake2b.initial(word));
        }
    }

    @Override
    int pad(int rest) {
        return Blake2b.BLOCK_BYTES;
    }

    @Override
    void end(byte[] tails, int offset, int rest, int tail, int blockBytes) {
        // Zeros are all there is: length and end are told to the last step.
    }

    @Override
    void take(byte[] data, int offset, int stride, int lanes, long count, boolean last) {
        for (int lane = 0; lane < lanes; lane++) {
            spread(data, offset + lane * stride, message, lane);
        }
        long[][] v = work;
        for (int word = 0; word < STATE; word++) {
            System.arraycopy(state[word], 0, v[word], 0, lanes);
            Arrays.fill(v[STATE + word], 0, lanes, Blake2b.constant(word));
        }
        Arrays.fill(v[12], 0, lanes, Blake2b.constant(4) ^ count);
        Arrays.fill(v[14], 0, lanes, Blake2b.constant(6) ^ (last ? -1 : 0));
        for (int round = 0; round < Blake2b.SCHEDULE.length; round += WORDS) {
            mix(0, 4, 8, 12, round, lanes);
            mix(1, 5, 9, 13, round + 2, lanes);
            mix(2, 6, 10, 14, round + 4, lanes);
            mix(3, 7, 11, 15, round + 6, lanes);
            mix(0, 5, 10, 15, round + 8, lanes);
            mix(1, 6, 11, 12, round + 10, lanes);
            mix(2, 7, 8, 13, round + 12, lanes);
            mix(3, 4, 9, 14, round + 14, lanes);
        }
        for (int word = 0; word < STATE; word++) {
            fold(state[word], v[word], v[STATE + word], lanes);
        }
    }

    @Override
    void write(int lane, byte[] sum) {
        for (int word = 0; word < Blake2b.SUM_BYTES / Long.BYTES; word++) {
            Blake2b.LONG_LE.set(sum, word * Long.BYTES, state[word][lane]);
        }
    }

    private static void spread(byte[] data, int offset, long[][] message, int lane) {
        for (int word = 0; word < WORDS; word++) {
            message[word][lane] = (long) Blake2b.LONG_LE.get(data, offset + word * Long.BYTES);
        }
    }

    private void mix(int a, int b, int c, int d, int schedule, int lanes) {
        mix(
                work[a],
                work[b],
                work[c],
                work[d],
                message[Blake2b.SCHEDULE[schedule]],
                message[Blake2b.SCHEDULE[schedule + 1]],
                lanes);
    }

    private static void mix(long[] a, long[] b, long[] c, long[] d, long[] first, long[] second, int lanes) {
        for (int i = 0; i < lanes; i++) {
            long p = a[i] + b[i] + first[i];
            long s = Long.rotateRight(d[i] ^ p, 32);
            long r = c[i] + s;
            long q = Long.rotateRight(b[i] ^ r, 24);
            p += q + second[i];
            s = Long.rotateRight(s ^ p, 16);
            r += s;
            q = Long.rotateRight(q ^ r, 63);
            a[i] = p;
            b[i] = q;
            c[i] = r;
            d[i] = s;
        }
    }

    private static void fold(long[] state, long[] upper, long[] lower, int lanes) {
        for (int i = 0; i < lanes; i++) {
            state[i] ^= upper[i] ^ lower[i];
        }
    }
}
