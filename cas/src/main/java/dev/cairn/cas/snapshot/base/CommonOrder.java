package dev.cairn.cas.snapshot.base;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Whether what an older and a newer version of a file have in common is most of the newer one and stands in the same order in both, by
 * what was seen of them so far. An archive whose members are sorted is like that, a dump whose rows were sorted anew is not. May be used from
 * any thread.
 */
final class CommonOrder {

    /** So many pairs of neighbours at least, and at most one in so many against the order. */
    private static final int PAIRS_MIN = 8;

    /** One part in so many is new at most where nearly all is known. */
    private static final int NEARLY_ALL_PARTS = 8;

    private final AtomicLong newBytes = new AtomicLong();
    private final AtomicLong seen = new AtomicLong();
    private final AtomicInteger inOrder = new AtomicInteger();
    private final AtomicInteger against = new AtomicInteger();

    /**
     * Bytes were seen that the older version has no chunk of.
     *
     * @param end where they end in the newer version
     */
    void add(int bytes, long end) {
        newBytes.addAndGet(bytes);
        seen.accumulateAndGet(end, Math::max);
    }

    /** A pair of chunks was seen that both versions have, with nothing but new bytes between them in the newer one. */
    void pair(boolean isInOrder) {
        (isInOrder ? inOrder : against).incrementAndGet();
    }

    /**
     * By all that was looked through so far: by other threads, that may mean bytes beyond those that are asked about. While there are few
     * pairs, it is believed of what is nearly all known.
     */
    boolean holds() {
        int pairs = inOrder.get();
        if (pairs < PAIRS_MIN) {
            return against.get() == 0 && newBytes.get() <= seen.get() / NEARLY_ALL_PARTS;
        }
        return against.get() <= pairs / PAIRS_MIN && newBytes.get() <= seen.get() / 2;
    }
}
