package dev.cairn.replicator;

import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The pauses between the tries of one request: exponential backoff with full jitter (a pause is drawn evenly between nothing
 * and a bound that doubles), until the policy's time has run out. Full jitter, because clients that failed together must not
 * come back together: see M. Brooker, "Exponential Backoff And Jitter" (2015).
 *
 * <p>Not thread-safe. Keeps time by the clock it is given.
 */
public final class Retries {

    private static final int DOUBLINGS_MAX = 20;

    private final RetryPolicy policy;
    private final LongSupplier nanoClock;
    private final RandomGenerator random;
    private long firstFailure;
    private int failures;

    /** @param nanoClock as {@link System#nanoTime} */
    public Retries(RetryPolicy policy, LongSupplier nanoClock, RandomGenerator random) {
        this.policy = policy;
        this.nanoClock = nanoClock;
        this.random = random;
    }

    /** Something came through: failures are counted anew. */
    public void progressed() {
        failures = 0;
    }

    /**
     * A try failed.
     *
     * @param atLeastNanos what the other side asked to wait
     * @return how many nanoseconds to wait before the next try; empty to give up
     */
    public OptionalLong failed(long atLeastNanos) {
        long now = nanoClock.getAsLong();
        if (failures == 0) {
            firstFailure = now;
        }
        long left = policy.total().toNanos() - (now - firstFailure);
        if (left <= 0) {
            return OptionalLong.empty();
        }
        long bound =
                Math.min(policy.longest().toNanos(), policy.first().toNanos() << Math.min(failures, DOUBLINGS_MAX));
        failures++;
        long pause = bound <= 0 ? 0 : random.nextLong(bound + 1);
        return OptionalLong.of(Math.min(left, Math.max(pause, atLeastNanos)));
    }
}
