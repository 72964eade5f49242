package dev.cairn.cas.manifest;

/**
 * A hash that decides where pages end, as a pure function of level and key, so that equal content is cut alike whatever its
 * history. Keyed, so that nobody without the key can tell contents from page sizes, or make them degenerate.
 */
@FunctionalInterface
public interface PageBoundary {

    /** A uniform 64-bit hash of {@code level} (0 for leaves, 255 at most) and {@code key}. */
    long hash(int level, byte[] key);

    /**
     * The boundary of a repository: the first eight bytes, big-endian, of HMAC-SHA-256 under {@code manifestKey} over the
     * level's byte and the key. Safe for use by several threads; about a microsecond a call.
     */
    static PageBoundary keyed(byte[] manifestKey) {
        return new KeyedPageBoundary(manifestKey);
    }
}
