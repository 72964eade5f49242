package dev.cairn.cas.snapshot.verify;

import java.util.BitSet;

/**
 * Sequences of records below {@value #SEQUENCES_MAX}, a bit for each up to the highest, and as many again while it grows: 16 MiB at most.
 * Higher ones are never in it.
 *
 * <p>May be used from any thread.
 */
final class SequenceSet {

    private static final int SEQUENCES_MAX = 1 << 26;

    private final BitSet bits = new BitSet();

    /** Puts one in; whether it is in it now and was not before. */
    synchronized boolean add(long sequence) {
        if (sequence < 0 || sequence >= SEQUENCES_MAX || bits.get((int) sequence)) {
            return false;
        }
        bits.set((int) sequence);
        return true;
    }

    synchronized boolean contains(long sequence) {
        return sequence >= 0 && sequence < SEQUENCES_MAX && bits.get((int) sequence);
    }

    /** The highest of those below {@code sequence}; negative if there is none. */
    synchronized long below(long sequence) {
        return bits.previousSetBit((int) Math.min(sequence, SEQUENCES_MAX) - 1);
    }
}
