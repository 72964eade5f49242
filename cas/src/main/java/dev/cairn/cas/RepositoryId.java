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

    // Written out, here and in SlotId, since every start compares them: a record's own are linked at the first use,
    // which takes 4 ms.
    @Override
    public boolean equals(Object other) {
        return other instanceof RepositoryId that && value.equals(that.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
