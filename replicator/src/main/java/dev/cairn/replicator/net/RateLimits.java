package dev.cairn.replicator.net;

/**
 * How fast a client may use the network, in bytes a second at the socket, TLS included.
 *
 * @param uploadBytesPerSecond 0 for no limit
 * @param downloadBytesPerSecond 0 for no limit
 */
public record RateLimits(long uploadBytesPerSecond, long downloadBytesPerSecond) {

    /** No limits. */
    public static final RateLimits NONE = new RateLimits(0, 0);

    /** The lowest limit: below it, requests that travel together would take longer than either side waits. */
    public static final long BYTES_PER_SECOND_MIN = 8 << 10;

    /** The highest limit. */
    public static final long BYTES_PER_SECOND_MAX = 1L << 40;

    public RateLimits {
        requireRate(uploadBytesPerSecond, "uploadBytesPerSecond");
        requireRate(downloadBytesPerSecond, "downloadBytesPerSecond");
    }

    private static void requireRate(long rate, String what) {
        if (rate != 0 && (rate < BYTES_PER_SECOND_MIN || rate > BYTES_PER_SECOND_MAX)) {
            throw new IllegalArgumentException(
                    "%s (%d) must be 0 or in %d..%d".formatted(what, rate, BYTES_PER_SECOND_MIN, BYTES_PER_SECOND_MAX));
        }
    }
}
