package dev.cairn.replicator.net;

import java.time.Duration;

/**
 * What one direction of a {@link SlowLink} is like.
 *
 * @param bytesPerSecond at most, over all connections together; 0 for as fast as the machine goes
 * @param delay from the moment a byte has left one end until it is at the other
 * @param lossesPerMegabyte how often in a million bytes, on average, all that follows comes one round trip later
 */
public record LinkTerms(long bytesPerSecond, Duration delay, double lossesPerMegabyte) {

    /** No limit, no delay, no losses. */
    public static final LinkTerms FREE = new LinkTerms(0, Duration.ZERO, 0);

    public LinkTerms {
        if (bytesPerSecond < 0 || delay.isNegative() || lossesPerMegabyte < 0) {
            throw new IllegalArgumentException("rate (%d), delay (%s) and losses (%f) must not be negative"
                    .formatted(bytesPerSecond, delay, lossesPerMegabyte));
        }
    }

    /** A rate in millions of bits a second, as links are sold by, and a delay in milliseconds. */
    public static LinkTerms of(int megabits, int delayMillis) {
        return new LinkTerms(megabits * 125_000L, Duration.ofMillis(delayMillis), 0);
    }

    public LinkTerms withLosses(double perMegabyte) {
        return new LinkTerms(bytesPerSecond, delay, perMegabyte);
    }

    /** How long {@code bytes} take to leave. */
    long nanos(long bytes) {
        return bytesPerSecond == 0 ? 0 : (long) (bytes * 1e9 / bytesPerSecond);
    }

    /** How many bytes leave within that time; a few MiB where there is no limit. */
    int bytesWithin(Duration time) {
        double bytes = bytesPerSecond == 0 ? 8 << 20 : bytesPerSecond * (time.toNanos() / 1e9);
        return (int) Math.min(bytes, 64 << 20);
    }
}
