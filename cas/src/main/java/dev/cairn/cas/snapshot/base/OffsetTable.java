package dev.cairn.cas.snapshot.base;

/**
 * A map from 64-bit hashes to offsets, in a bounded number of entries: of more hashes than it has room for it takes one in a
 * power of two, by the hash itself. The first offset of a hash stays.
 *
 * <p>Grows with what is put: 16 bytes a slot at a load of a half or less, 8 MiB at most. Not thread-safe while it is filled.
 */
final class OffsetTable {

    /** The most entries. */
    static final int ENTRIES_MAX = 1 << 18;

    private static final int SLOTS_MIN = 1 << 12;
    private static final long NONE = -1;
    private static final long MIX = 0x9e3779b97f4a7c15L;

    private final long sampleMask;
    private long[] keys = new long[SLOTS_MIN];
    private long[] offsets = new long[SLOTS_MIN];
    private int size;

    /** @param expected about how many hashes will be put */
    OffsetTable(long expected) {
        int sampleBits = 0;
        while (expected >> sampleBits > ENTRIES_MAX / 2) {
            sampleBits++;
        }
        this.sampleMask = (1L << sampleBits) - 1;
    }

    /** One hash in so many is taken. */
    long oneIn() {
        return sampleMask + 1;
    }

    void put(long hash, long offset) {
        if ((hash & sampleMask) != 0 || size >= ENTRIES_MAX) {
            return;
        }
        if (size >= keys.length / 2) {
            grow();
        }
        long key = key(hash);
        int slot = slot(key);
        if (keys[slot] == 0) {
            keys[slot] = key;
            offsets[slot] = offset;
            size++;
        }
    }

    private void grow() {
        long[] oldKeys = keys;
        long[] oldOffsets = offsets;
        keys = new long[2 * oldKeys.length];
        offsets = new long[keys.length];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != 0) {
                int slot = slot(oldKeys[i]);
                keys[slot] = oldKeys[i];
                offsets[slot] = oldOffsets[i];
            }
        }
    }

    /** Where a key stands, or would. */
    private int slot(long key) {
        int slot = (int) ((key * MIX) >>> Long.numberOfLeadingZeros(keys.length - 1L));
        while (keys[slot] != 0 && keys[slot] != key) {
            slot = (slot + 1) & (keys.length - 1);
        }
        return slot;
    }

    /** The offset of a hash, or {@value #NONE}. */
    long get(long hash) {
        if ((hash & sampleMask) != 0) {
            return NONE;
        }
        int slot = slot(key(hash));
        return keys[slot] == 0 ? NONE : offsets[slot];
    }

    /** 0 marks an empty slot. */
    private static long key(long hash) {
        return hash == 0 ? MIX : hash;
    }
}
