package dev.cairn.cas.snapshot.capture;

import java.util.concurrent.CancellationException;

/** Tells a capture to stop. What is durable by then stays, and the next capture goes on from there. */
@FunctionalInterface
public interface Cancellation {

    /** Never stops. */
    Cancellation NEVER = () -> false;

    /** Whether to stop. Asked for every path and every few hundred kilobytes; must be cheap. Once true, it stays true. */
    boolean isRequested();

    /**
     * Stops if it is time to.
     *
     * @throws CancellationException if it is
     */
    default void check() {
        if (isRequested()) {
            throw new CancellationException("interrupted; what is stored stays, and the next run goes on from there");
        }
    }
}
