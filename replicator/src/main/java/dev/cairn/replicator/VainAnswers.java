package dev.cairn.replicator;

import dev.cairn.cas.Admission;

/** Counts whole answers in a row that brought nothing, so that a peer cannot keep a pull going for ever. Not thread-safe. */
final class VainAnswers {

    /** Bases of bases, and their pages, are no deeper; as many fetches as are under way may find out each step. */
    private static final int MAX = ChunkIntake.FETCHES_MAX * 2 * (Admission.DEPTH_MAX + 2);

    private int inARow;

    /** An answer has ended, or broke off. */
    void landed(boolean inVain) {
        inARow = inVain ? inARow + 1 : 0;
        if (inARow > MAX) {
            throw new RemoteException.PeerMisbehaved("deltas that build on deltas without an end", null);
        }
    }

    /** A window begins. */
    void clear() {
        inARow = 0;
    }
}
