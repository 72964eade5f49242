package dev.cairn.cas.snapshot.base;

import java.util.stream.LongStream;

/**
 * How much further on in a new version of a file things stand than in the old one: by where they were found last, and by where they were found
 * before they were found elsewhere. What looks alike by chance leads away, and what follows is where the things before it were: so that is
 * not forgotten until the new place has proved right, or the old one of no use, {@value #TRIES} times.
 *
 * <p>May be used from any thread.
 */
final class Shifts {

    /** What is found is where it was expected if it is no farther from there. */
    static final int WITHIN_BYTES = 64 << 10;

    private static final int TRIES = 8;

    private long last;

    /** Whether more than one thing was found by {@link #last}. */
    private boolean isProved = true;

    private long before;

    /** So often more {@link #before} is thought of. */
    private int tries;

    /** Where what stands at a place of the new version is in the old one, if it is where it was found last. */
    synchronized long expected(long newOffset) {
        return newOffset - last;
    }

    /** All places of the old version where it is worth a look, the one above first. */
    synchronized long[] places(long newOffset) {
        return tries == 0
                ? new long[] {newOffset - last}
                : LongStream.of(last, before).map(shift -> newOffset - shift).toArray();
    }

    /**
     * Takes note of where a place of the new version is in the old one.
     *
     * @return whether it is one of the {@link #places}, or near enough
     */
    synchronized boolean found(long newOffset, long oldOffset) {
        long shift = newOffset - oldOffset;
        if (isNear(shift, last)) {
            last = shift;
            isProved = true;
            tries = Math.max(0, tries - 1);
            return true;
        }
        boolean wasThoughtOf = tries > 0 && isNear(shift, before);
        if (isProved || wasThoughtOf || tries == 0) {
            before = last;
        }
        last = shift;
        isProved = wasThoughtOf;
        tries = TRIES;
        return wasThoughtOf;
    }

    /** Takes note that something is at none of the {@link #places}. */
    synchronized void notFound() {
        tries = Math.max(0, tries - 1);
    }

    private static boolean isNear(long shift, long other) {
        return Math.abs(shift - other) <= WITHIN_BYTES;
    }
}
