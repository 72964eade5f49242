package dev.cairn.cas.seal;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Names one replica of a repository; random, and new where a folder was copied. */
public record ReplicaId(long high, long low) {

    /** Length, in bytes. */
    public static final int BYTES = 16;

    /** Reads an id from exactly {@value #BYTES} bytes. */
    public static ReplicaId of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a replica id has %d bytes, not %d".formatted(BYTES, bytes.length));
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new ReplicaId(buffer.getLong(), buffer.getLong());
    }

    /** The 16 bytes, in a new array. */
    public byte[] bytes() {
        return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
    }

    /**
     * Parses the 32 hex digits that {@link #toString} writes.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static ReplicaId parse(String hex) {
        return of(HexFormat.of().parseHex(hex));
    }

    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
}
