package dev.cairn.cas.lmdb;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a request: decided inside the transaction, told after it. A decision that nothing was wrong counts for
 * nothing until {@link #settle}.
 *
 * <p>Threading: decided and settled by the writer thread; awaited by any.
 */
final class Outcome<T> {

    private final CompletableFuture<T> future = new CompletableFuture<>();
    private final Haste haste;
    private @Nullable T value;
    private @Nullable Throwable fault;

    /** How soon it is wanted. */
    private enum Haste {
        AWAITED,
        SOON,
        STREAMED
    }

    private Outcome(Haste haste) {
        this.haste = haste;
    }

    /**
     * An undecided outcome.
     *
     * @param awaited whether a thread blocks for it, so that the transaction shall not wait for more requests
     */
    Outcome(boolean awaited) {
        this(awaited ? Haste.AWAITED : Haste.SOON);
    }

    /** An undecided outcome of one of many requests that come one after the other, up to one that is awaited. */
    static <T> Outcome<T> streamed() {
        return new Outcome<>(Haste.STREAMED);
    }

    boolean isAwaited() {
        return haste == Haste.AWAITED;
    }

    boolean isStreamed() {
        return haste == Haste.STREAMED;
    }

    CompletableFuture<T> future() {
        return future;
    }

    void decide(T decided) {
        value = decided;
    }

    void refuse(Throwable reason) {
        fault = reason;
    }

    /** Tells it. */
    void settle() {
        T decided = value;
        Throwable refused = fault;
        if (refused != null) {
            future.completeExceptionally(refused);
        } else if (decided != null) {
            future.complete(decided);
        } else {
            future.completeExceptionally(new IllegalStateException("a request was not decided"));
        }
    }

    /** Waits for it. */
    T await() {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
