package dev.cairn.replicator;

import java.time.Duration;

/**
 * How long and how often a request is tried again.
 *
 * @param total from the first failure after a success until it is given up
 * @param first the longest pause after the first failure; doubles with each further one
 * @param longest the longest pause of all
 */
public record RetryPolicy(Duration total, Duration first, Duration longest) {

    /** What commands use unless told otherwise. */
    public static final RetryPolicy DEFAULT = within(Duration.ofSeconds(60));

    public RetryPolicy {
        if (total.isNegative() || first.isNegative() || longest.compareTo(first) < 0) {
            throw new IllegalArgumentException(
                    "total (%s), first (%s) and longest (%s) do not fit".formatted(total, first, longest));
        }
    }

    /** The usual pauses, for as long as {@code total}. */
    public static RetryPolicy within(Duration total) {
        return new RetryPolicy(total, Duration.ofMillis(200), Duration.ofSeconds(10));
    }
}
