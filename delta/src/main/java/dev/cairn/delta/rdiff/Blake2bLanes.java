package dev.cairn.delta.rdiff;

import java.util.Arrays;

/** {@link Blake2b} of several blocks at once. */
final class Blake2bLanes extends SumLanes {
    private static final int WORDS = Blake2b.WORDS;
    private static final int STATE = WORDS / 2;
    /** The four words that are mixed together, eight times a round: columns, then diagonals. */
    private static final byte[] MIXED = {
        0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15, 0, 5, 10, 15, 1, 6, 11, 12, 2, 7, 8, 13, 3, 4, 9, 14
    };

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
        spread(data, offset, stride, lanes, message);
        prepare(lanes, count, last);
        for (int round = 0; round < Blake2b.SCHEDULE.length; round += WORDS) {
            round(round, lanes);
        }
        finish(lanes);
    }

    private void prepare(int lanes, long count, boolean last) {
        for (int word = 0; word < STATE; word++) {
            System.arraycopy(state[word], 0, work[word], 0, lanes);
            Arrays.fill(work[STATE + word], 0, lanes, Blake2b.constant(word));
        }
        Arrays.fill(work[12], 0, lanes, Blake2b.constant(4) ^ count);
        Arrays.fill(work[14], 0, lanes, Blake2b.constant(6) ^ (last ? -1 : 0));
    }

    private void round(int schedule, int lanes) {
        for (int i = 0; i < WORDS; i += 2) {
            mix(
                    work[MIXED[2 * i]],
                    work[MIXED[2 * i + 1]],
                    work[MIXED[2 * i + 2]],
                    work[MIXED[2 * i + 3]],
                    message[Blake2b.SCHEDULE[schedule + i]],
                    message[Blake2b.SCHEDULE[schedule + i + 1]],
                    lanes);
        }
    }

    private void finish(int lanes) {
        for (int word = 0; word < STATE; word++) {
            fold(state[word], work[word], work[STATE + word], lanes);
        }
    }

    @Override
    void write(int lane, byte[] sum) {
        for (int word = 0; word < Blake2b.SUM_BYTES / Long.BYTES; word++) {
            Blake2b.LONG_LE.set(sum, word * Long.BYTES, state[word][lane]);
        }
    }

    private static void spread(byte[] data, int offset, int stride, int lanes, long[][] message) {
        for (int lane = 0; lane < lanes; lane++) {
            int at = offset + lane * stride;
            for (int word = 0; word < WORDS; word++) {
                message[word][lane] = (long) Blake2b.LONG_LE.get(data, at + word * Long.BYTES);
            }
        }
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
