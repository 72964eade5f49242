package dev.cairn.delta.gap;

import java.util.Arrays;

/**
 * Where seeds stand in a base: the {@value #SEED_BYTES} bytes at every {@value #STEP_BYTES}th place, found by a hash of them.
 *
 * <p>A bucket is {@value #WAYS} numbers next to each other, so that a look-up touches one cache line; each holds the place of a seed, counted
 * in steps, and above it some bits of its hash. How many of a bucket are taken stands apart, so that filling waits for no number that is far
 * away, and that the numbers need not be cleared. Seeds that come when their bucket is full are left out: the first win, so a base of
 * zeros fills one bucket and costs nothing more. Most look-ups of new data find nothing; a filter of one bit for each hash, eight bits a seed
 * and small enough for the second-level cache, answers those.
 *
 * <p>Memory: 8 to 16 bytes a seed for buckets, 1.5 to 3 for the rest, at most 10 MiB in all. One thread at a time.
 */
final class SeedIndex {
    static final int SEED_BYTES = 16;
    static final int STEP_BYTES = 16;
    static final int WAYS = 4;

    private static final int WAYS_BITS = 2;
    private static final int FILTER_BITS_A_SEED_BITS = 3;
    private static final int PLACE_BITS = 20;
    private static final int PLACE_MASK = (1 << PLACE_BITS) - 1;
    private static final int SEEDS_BITS_MIN = 8;
    private static final long FIRST_FACTOR = 0x9E3779B97F4A7C15L;
    private static final long SECOND_FACTOR = 0xC2B2AE3D27D4EB4FL;

    private int[] slots = new int[0];
    /** How many slots of each bucket are taken. */
    private byte[] taken = new byte[0];

    private long[] filter = new long[0];
    private int bucketShift;
    private int filterShift;

    /** A hash of the 16 bytes whose first and second half are given; its high bits are the better ones. */
    static long hash(long first, long second) {
        return ((first * FIRST_FACTOR) ^ Long.rotateLeft(second * SECOND_FACTOR, 32)) * FIRST_FACTOR;
    }

    /** Forgets what was there and takes the seeds of a base of at most {@link GapEncoder#BASE_BYTES_MAX} bytes. */
    void fill(byte[] base, int baseLength) {
        int seeds = baseLength < SEED_BYTES ? 0 : (baseLength - SEED_BYTES) / STEP_BYTES + 1;
        int seedsBits = Math.max(SEEDS_BITS_MIN, Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(0, seeds - 1)));
        makeRoom(seedsBits);
        for (int seed = 0; seed < seeds; seed++) {
            int at = seed * STEP_BYTES;
            long hash = hash(GapFormat.word(base, at), GapFormat.word(base, at + 8));
            int bit = (int) (hash >>> filterShift);
            filter[bit >>> 6] |= 1L << bit;
            int bucket = (int) (hash >>> bucketShift);
            int ways = taken[bucket];
            if (ways < WAYS) {
                slots[(bucket << WAYS_BITS) + ways] = ((int) hash << PLACE_BITS) | seed;
                taken[bucket] = (byte) (ways + 1);
            }
        }
    }

    /** Empty buckets for two seeds each, and an empty filter. */
    private void makeRoom(int seedsBits) {
        int bucketsBits = seedsBits - 1;
        int filterBits = seedsBits + FILTER_BITS_A_SEED_BITS;
        bucketShift = Long.SIZE - bucketsBits;
        filterShift = Long.SIZE - filterBits;
        int buckets = 1 << bucketsBits;
        int filterWords = 1 << (filterBits - 6);
        if (taken.length < buckets) {
            slots = new int[buckets << WAYS_BITS];
            taken = new byte[buckets];
        } else {
            Arrays.fill(taken, 0, buckets, (byte) 0);
        }
        if (filter.length < filterWords) {
            filter = new long[filterWords];
        } else {
            Arrays.fill(filter, 0, filterWords, 0);
        }
    }

    /** One bit for each value of the {@code 64 - filterShift()} high bits of a hash: not set if no seed has such a hash. */
    long[] filter() {
        return filter;
    }

    int filterShift() {
        return filterShift;
    }

    /** The bucket of a hash. */
    int bucket(long hash) {
        return (int) (hash >>> bucketShift);
    }

    /** How many candidates a bucket has. */
    int candidates(int bucket) {
        return taken[bucket];
    }

    /** The place in the base of a seed that may have this hash, or -1. Whether its bytes are the same remains to be seen. */
    int candidate(int bucket, int way, long hash) {
        int entry = slots[(bucket << WAYS_BITS) + way];
        boolean sameTag = (entry ^ ((int) hash << PLACE_BITS)) >>> PLACE_BITS == 0;
        return sameTag ? (entry & PLACE_MASK) * STEP_BYTES : -1;
    }
}
