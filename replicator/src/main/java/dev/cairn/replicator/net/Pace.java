package dev.cairn.replicator.net;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Tells a peer that is slow from one that only seems alive: after a grace period, bytes must have moved, in either
 * direction, at {@value #BYTES_PER_SECOND_MIN} a second on average over the time spent waiting for the peer. Not
 * thread-safe.
 */
final class Pace {

    /** The least progress. A batch of 8 MiB then takes two hours at most. */
    static final long BYTES_PER_SECOND_MIN = 1024;

    /** How long a peer may take to get going: to commit a batch, to find records. */
    static final Duration GRACE = Duration.ofSeconds(60);

    private final LongSupplier nanoClock;
    private long waitedNanos;
    private long bytes;

    Pace(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** When a wait began, to be given to {@link #waited}. */
    long mark() {
        return nanoClock.getAsLong();
    }

    /** A wait since {@code mark} ended, after which {@code moved} further bytes had moved. */
    void waited(long mark, long moved) {
        waitedNanos += nanoClock.getAsLong() - mark;
        bytes += moved;
    }

    /** Whether the peer is too slow to go on with. */
    boolean isTooSlow() {
        long beyond = waitedNanos - GRACE.toNanos();
        return beyond > 0 && bytes / (double) BYTES_PER_SECOND_MIN < beyond / 1e9;
    }
}
