package dev.cairn.cas;

import java.util.HexFormat;

/**
 * The name of a repository, the same on every replica: a commitment to its root secret (32 bytes derived one-way from it).
 * Whoever opens a key slot recomputes it, so that a server cannot pass off a root secret of its own.
 */
public record RepositoryId(ObjectId value) {

    /** Length, in bytes. */
    public static final int BYTES = ObjectId.BYTES;

    /** Reads an id from exactly {@value #BYTES} bytes. */
    public static RepositoryId of(byte[] bytes) {
        return new RepositoryId(ObjectId.of(bytes));
    }

    /** Parses 64 hex digits. */
    public static RepositoryId parse(String hex) {
        return of(HexFormat.of().parseHex(hex));
    }

    /** The 32 bytes, in a new array. */
    public byte[] bytes() {
        return value.bytes();
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
