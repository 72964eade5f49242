package dev.cairn.cas;

/**
 * The repository's public configuration as a store keeps it: bytes that only a holder of the root secret can check.
 *
 * @param revision grows by one with each change; the store moves it by compare-and-set
 */
public record StoredConfiguration(long revision, byte[] bytes) {

    /** The largest configuration, in bytes. */
    public static final int BYTES_MAX = 1 << 20;

    public StoredConfiguration {
        if (revision < 1 || bytes.length > BYTES_MAX) {
            throw new IllegalArgumentException("revision (%d) must be positive and bytes (%d) at most %d"
                    .formatted(revision, bytes.length, BYTES_MAX));
        }
    }
}
