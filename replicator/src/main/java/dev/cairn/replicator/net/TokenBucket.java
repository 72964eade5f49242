package dev.cairn.replicator.net;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A token bucket: lets bytes pass at a rate on average, and at once what was left unused within {@link #BURST}. Bytes that cannot be
 * held back any more may be taken on credit; later ones wait for them.
 *
 * <p>Keeps one number, the time until which everything taken is paid for: the generic cell rate algorithm (ITU-T I.371).
 * Thread-safe; does not block. Keeps time by the clock it is given.
 */
final class TokenBucket {

    /** For how long what is not used is kept: pauses of a tenth of a second do not lower the rate. */
    static final Duration BURST = Duration.ofMillis(100);

    private static final long NANOS = 1_000_000_000L;

    /** So that products with {@link #NANOS} stay within a long. */
    private static final long BYTES_MAX = 1L << 32;

    private final long bytesPerSecond;
    private final LongSupplier nanoClock;
    private long paidUntil;

    /**
     * A full bucket.
     *
     * @param nanoClock as {@link System#nanoTime}
     */
    TokenBucket(long bytesPerSecond, LongSupplier nanoClock) {
        if (bytesPerSecond <= 0) {
            throw new IllegalArgumentException("bytesPerSecond (%d) must be positive".formatted(bytesPerSecond));
        }
        this.bytesPerSecond = bytesPerSecond;
        this.nanoClock = nanoClock;
        this.paidUntil = nanoClock.getAsLong() - BURST.toNanos();
    }

    /** What may pass in one go without a long silence after it: a tenth of a second's worth, 2 to 64 KiB. */
    int stepBytes() {
        return Math.clamp(bytesPerSecond / 10, 2 << 10, 64 << 10);
    }

    /** How long to wait before anything may be taken; 0 if something may be taken now. */
    synchronized long waitNanos() {
        return Math.max(0, paidUntil - nanoClock.getAsLong());
    }

    /**
     * Takes bytes, on credit if need be.
     *
     * @return as {@link #waitNanos}, after this
     */
    synchronized long take(long bytes) {
        if (bytes < 0 || bytes > BYTES_MAX) {
            throw new IllegalArgumentException("bytes (%d) must be in 0..%d".formatted(bytes, BYTES_MAX));
        }
        long earliest = nanoClock.getAsLong() - BURST.toNanos();
        long from = paidUntil - earliest > 0 ? paidUntil : earliest;
        paidUntil = from + Math.ceilDiv(bytes * NANOS, bytesPerSecond);
        return waitNanos();
    }
}
