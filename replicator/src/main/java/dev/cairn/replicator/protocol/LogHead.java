package dev.cairn.replicator.protocol;

import java.util.HexFormat;

/**
 * How far a server's log of a repository goes.
 *
 * @param sequence number of its last entry that is on disk, from 1
 * @param hash that entry's hash, 64 hex digits: it binds all entries before
 */
public record LogHead(long sequence, String hash) {

    /** Length of a hash, in bytes. */
    public static final int HASH_BYTES = 32;

    public LogHead {
        if (sequence < 1 || !hash.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("not an entry of a log: number %d, hash '%s'".formatted(sequence, hash));
        }
    }

    /** The bytes of the hash, in a new array. */
    public byte[] hashBytes() {
        return HexFormat.of().parseHex(hash);
    }
}
