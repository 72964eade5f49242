package dev.cairn.cas.snapshot.usage;

import dev.cairn.cas.ObjectId;
import java.util.BitSet;

/**
 * The objects of one part of all ids, each with its length and the snapshots that reach it. Ids are told apart by their first 64 bits:
 * among a thousand million of them, two would be taken for one with a chance of one in forty.
 *
 * <p>Memory: 12 bytes and a bit a snapshot for each place, allocated once; half of the places are filled. For one thread.
 */
final class ObjectTable {

    private final int words;
    private final int mask;
    private final long[] keys;
    private final boolean[] taken;
    private final int[] lengths;
    private final long[] snapshots;
    private int size;

    /**
     * @param places a power of two
     * @param snapshotCount how many snapshots there are
     */
    ObjectTable(int places, int snapshotCount) {
        this.words = words(snapshotCount);
        this.mask = places - 1;
        this.keys = new long[places];
        this.taken = new boolean[places];
        this.lengths = new int[places];
        this.snapshots = new long[places * words];
    }

    /** How many places, a power of two, take at most {@code bytes}. */
    static int places(long bytes, int snapshotCount) {
        long each = Long.BYTES + 1 + Integer.BYTES + (long) words(snapshotCount) * Long.BYTES;
        return Math.clamp(Long.highestOneBit(bytes / each), 1 << 10, 1 << 24);
    }

    private static int words(int snapshotCount) {
        return (snapshotCount + Long.SIZE - 1) / Long.SIZE;
    }

    /** Adds an object, or snapshots to it. */
    void add(ObjectId id, int length, BitSet in) {
        int at = place(id);
        if (!taken[at]) {
            if (size > mask - (mask >>> 3)) {
                throw new IllegalStateException("more than %d of %d places are taken".formatted(size, mask + 1));
            }
            taken[at] = true;
            keys[at] = id.word0();
            lengths[at] = length;
            size++;
        }
        for (int bit = in.nextSetBit(0); bit >= 0; bit = in.nextSetBit(bit + 1)) {
            snapshots[at * words + (bit >>> 6)] |= 1L << bit;
        }
    }

    boolean has(ObjectId id) {
        return taken[place(id)];
    }

    private int place(ObjectId id) {
        int at = (int) id.word0() & mask;
        while (taken[at] && keys[at] != id.word0()) {
            at = (at + 1) & mask;
        }
        return at;
    }

    /** Takes an object: its length, and the words in which its snapshots are bits. */
    @FunctionalInterface
    interface Visitor {
        void object(int length, long[] snapshots, int from);
    }

    void forEach(Visitor visitor) {
        for (int at = 0; at <= mask; at++) {
            if (taken[at]) {
                visitor.object(lengths[at], snapshots, at * words);
            }
        }
    }

    /** Words of one object's snapshots. */
    int words() {
        return words;
    }
}
