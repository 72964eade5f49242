package dev.cairn.cas.snapshot.base;

/**
 * A map from 64-bit hashes to offsets, in a bounded number of entries: of more hashes than it has room for it takes one in a
 * power of two, by the hash itself. The first offset of a hash stays.
 *
 * <p>16 bytes an entry at a load of a half or less: 16 MiB at most. Not thread-safe while it is filled.
 */
final class OffsetTable {

    /** The most entries. */
    static final int ENTRIES_MAX = 1 << 18;

    private static final int ENTRIES_MIN = 1 << 6;
    private static final long NONE = -1;
    private static final long MIX = 0x9e3779b97f4a7c15L;

    private final long[] keys;
    private final long[] offsets;
    private final int shift;
    private final long sampleMask;
    private int size;

    /** @param expected about how many hashes will be put */
    OffsetTable(long expected) {
        int sampleBits = 0;
        while (expected >> sampleBits > ENTRIES_MAX / 2) {
            sampleBits++;
        }
        long wanted = Math.clamp(2 * (expected >> sampleBits), ENTRIES_MIN, ENTRIES_MAX);
        int bits = 64 - Long.numberOfLeadingZeros(wanted);
        this.keys = new long[1 << (bits + 1)];
        this.offsets = new long[keys.length];
        this.shift = 64 - (bits + 1);
        this.sampleMask = (1L << sampleBits) - 1;
    }

    void put(long hash, long offset) {
        if ((hash & sampleMask) != 0 || size >= keys.length / 2) {
            return;
        }
        long key = key(hash);
        int slot = (int) ((key * MIX) >>> shift);
        while (keys[slot] != 0) {
            if (keys[slot] == key) {
                return;
            }
            slot = (slot + 1) & (keys.length - 1);
        }
        keys[slot] = key;
        offsets[slot] = offset;
        size++;
    }

    /** The offset of a hash, or {@value #NONE}. */
    long get(long hash) {
        if ((hash & sampleMask) != 0) {
            return NONE;
        }
        long key = key(hash);
        int slot = (int) ((key * MIX) >>> shift);
        while (keys[slot] != 0) {
            if (keys[slot] == key) {
                return offsets[slot];
            }
            slot = (slot + 1) & (keys.length - 1);
        }
        return NONE;
    }

    /** 0 marks an empty slot. */
    private static long key(long hash) {
        return hash == 0 ? MIX : hash;
    }
}
