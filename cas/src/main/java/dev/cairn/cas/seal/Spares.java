package dev.cairn.cas.seal;

import java.lang.ref.SoftReference;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Supplier;

/**
 * Things that take long to make, each for one thread at a time. Kept for the next that needs one: not with its thread, so that there are no more
 * than work at once however many threads there are, and until the heap is wanted for something else.
 *
 * <p>May be used from any thread.
 */
final class Spares<T> {

    private final Supplier<T> maker;

    /** The one used last first. */
    private final Deque<SoftReference<T>> idle = new ConcurrentLinkedDeque<>();

    Spares(Supplier<T> maker) {
        this.maker = maker;
    }

    /** One that nobody else uses, until it is given back. */
    T take() {
        for (SoftReference<T> spare = idle.pollFirst(); spare != null; spare = idle.pollFirst()) {
            T thing = spare.get();
            if (thing != null) {
                return thing;
            }
        }
        return maker.get();
    }

    /** Gives one back, or a new one. */
    void give(T thing) {
        idle.addFirst(new SoftReference<>(thing));
    }
}
