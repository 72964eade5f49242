package dev.cairn.cas.lmdb;

import java.time.Duration;

/**
 * How much a scrub may do.
 *
 * @param bytesMax of records that it reads; the record at hand is finished
 * @param timeMax how long it goes on
 * @param olderThan a volume that was looked through more lately is left alone
 */
public record ScrubBudget(long bytesMax, Duration timeMax, Duration olderThan) {

    /** Everything, now. */
    public static final ScrubBudget ALL = new ScrubBudget(Long.MAX_VALUE, Duration.ofDays(365_000), Duration.ZERO);

    public ScrubBudget {
        if (bytesMax < 0 || timeMax.isNegative() || olderThan.isNegative()) {
            throw new IllegalArgumentException(
                    "a budget is not negative: %d bytes, %s, older than %s".formatted(bytesMax, timeMax, olderThan));
        }
    }
}
