package dev.cairn.delta.gap;

import java.util.Arrays;

/**
 * Finds what of some new bytes stands in a base.
 *
 * <h2>Method</h2>
 *
 * <p>Greedy, from front to back. At each place that no copy has reached, first the <em>expected</em> place of the base is looked at: as far
 * behind the end of the last copy as the new bytes are. Where eight bytes are the same there, and enough around them, they are taken. Else
 * the seeds of the base with the same 16 bytes are tried, each extended both ways, and the longest is taken if it is long enough to be worth
 * its place: less is asked for near the expected place, where the distance is cheap to write.
 *
 * <p>Where nothing is found for long the steps grow, by odd amounts only: seeds stand at multiples of 16, and an even step could miss every
 * one of them for ever.
 *
 * <p>One thread at a time. Time is linear in the new bytes but for candidates that agree over a long range and lose against a longer one: at
 * most {@link SeedIndex#WAYS} are compared at a place, and the place behind the winner is the next.
 */
final class Matcher {
    private static final int NEAR_BYTES_MIN = 16;
    private static final int FAR_BYTES_MIN = 32;

    /** While no more literals than this wait, {@link GapFormat#COPY_BYTES_MIN} bytes at the expected place are enough. */
    private static final int FEW_LITERALS = 64;

    /** Distances from the expected place that count as near, and as not far. */
    private static final int NEAR_DISTANCE = 4 << 10;

    private static final int MIDDLE_DISTANCE = 64 << 10;

    /** How many bytes longer a match must be because its distance takes more bits. */
    private static final int MIDDLE_COST = 8;

    private static final int FAR_COST = 16;

    /** At the expected place this is so good that no seed is looked up. */
    private static final int GOOD_BYTES = 64;

    /** After so many literals, as a power of two, the step grows by two; and so on up to the largest step. */
    private static final int PATIENCE_BITS = 8;

    private static final int STEP_GROWTHS_MAX = 7;

    /** Matches are compared by words for so long; then {@link Arrays#mismatch} is worth its call. */
    private static final int WORDWISE_BYTES = 64;

    private final SeedIndex index = new SeedIndex();

    private byte[] base = new byte[0];
    private byte[] fresh = base;
    private int baseLength;
    private int freshTo;

    /** The first literal that waits, and the place of the base expected for it. */
    private int literalFrom;

    private int expectedFrom;

    private int bestAt;
    private int bestSource;
    private int bestLength;

    /** Matches {@code fresh[from..to)} against the first {@code baseBytes} of {@code oldBytes}. Keeps neither array. */
    void match(byte[] oldBytes, int baseBytes, byte[] newBytes, int from, int to, Matches matches) {
        matches.begin(baseBytes, from, to);
        if (baseBytes < SeedIndex.SEED_BYTES || to - from < SeedIndex.SEED_BYTES) {
            return;
        }
        base = oldBytes;
        fresh = newBytes;
        baseLength = baseBytes;
        freshTo = to;
        literalFrom = from;
        expectedFrom = 0;
        index.fill(oldBytes, baseBytes);
        int at = from;
        while ((at = next(at)) >= 0) {
            matches.add(bestAt - literalFrom, bestLength, bestSource);
            at = bestAt + bestLength;
            literalFrom = at;
            expectedFrom = bestSource + bestLength;
        }
        base = new byte[0];
        fresh = base;
    }

    /** Sets the best match at or behind {@code start} and gives a place that it covers, or -1. */
    private int next(int start) {
        byte[] data = fresh;
        byte[] old = base;
        long[] filter = index.filter();
        int filterShift = index.filterShift();
        int first = literalFrom;
        int shift = expectedFrom - first;
        int last = freshTo - SeedIndex.SEED_BYTES;
        int expectedLast = baseLength - 8;
        for (int at = start; at <= last; at += step(at - first)) {
            long word = GapFormat.word(data, at);
            int expected = at + shift;
            boolean found =
                    expected <= expectedLast && GapFormat.word(old, expected) == word && takeExpected(at, expected);
            if (!found || bestLength < GOOD_BYTES) {
                long hash = SeedIndex.hash(word, GapFormat.word(data, at + 8));
                int bit = (int) (hash >>> filterShift);
                if ((filter[bit >>> 6] & (1L << bit)) != 0) {
                    found |= takeSeed(at, expected, hash, found);
                }
            }
            if (found) {
                return at;
            }
        }
        return -1;
    }

    private static int step(int literals) {
        return 1 + 2 * Math.min(STEP_GROWTHS_MAX, literals >> PATIENCE_BITS);
    }

    private boolean takeExpected(int at, int expected) {
        int length = forward(at, expected);
        if (length < NEAR_BYTES_MIN && at - literalFrom > FEW_LITERALS) {
            return false;
        }
        int back = backward(at, expected);
        bestAt = at - back;
        bestSource = expected - back;
        bestLength = length + back;
        return true;
    }

    /** Looks for a match that is better than the one at the expected place, if there is one. */
    private boolean takeSeed(int at, int expected, long hash, boolean found) {
        int bestScore = found ? bestLength : Integer.MIN_VALUE;
        boolean better = false;
        int slot = index.bucket(hash);
        for (int end = slot + SeedIndex.WAYS; slot < end; slot++) {
            int source = index.candidate(slot, hash);
            if (source < 0 || GapFormat.word(base, source) != GapFormat.word(fresh, at)) {
                continue;
            }
            int length = forward(at, source);
            if (length < SeedIndex.SEED_BYTES) {
                continue;
            }
            int back = backward(at, source);
            length += back;
            int distance = Math.abs(source - expected);
            boolean near = distance < NEAR_DISTANCE;
            int cost = near ? 0 : distance < MIDDLE_DISTANCE ? MIDDLE_COST : FAR_COST;
            if (length >= (near ? NEAR_BYTES_MIN : FAR_BYTES_MIN) && length - cost > bestScore) {
                bestScore = length - cost;
                bestAt = at - back;
                bestSource = source - back;
                bestLength = length;
                better = true;
            }
        }
        return better;
    }

    /** How many bytes are the same from here on. */
    private int forward(int at, int source) {
        int limit = Math.min(freshTo - at, baseLength - source);
        int length = 0;
        for (int wordwise = Math.min(limit, WORDWISE_BYTES) - 8; length <= wordwise; length += 8) {
            long difference = GapFormat.word(fresh, at + length) ^ GapFormat.word(base, source + length);
            if (difference != 0) {
                return length + (Long.numberOfTrailingZeros(difference) >>> 3);
            }
        }
        int rest = Arrays.mismatch(fresh, at + length, at + limit, base, source + length, source + limit);
        return rest < 0 ? limit : length + rest;
    }

    /** How many of the literals that wait are the same as the bytes before {@code source}. */
    private int backward(int at, int source) {
        int limit = Math.min(at - literalFrom, source);
        int length = 0;
        while (length < limit && fresh[at - length - 1] == base[source - length - 1]) {
            length++;
        }
        return length;
    }
}
