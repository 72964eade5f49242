package dev.cairn.cas.seal;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Names a key slot within its repository; random. */
public record SlotId(long value) {

    static final int BYTES = 8;

    static SlotId of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a slot id has %d bytes, not %d".formatted(BYTES, bytes.length));
        }
        return new SlotId(ByteBuffer.wrap(bytes).getLong());
    }

    byte[] bytes() {
        return ByteBuffer.allocate(BYTES).putLong(value).array();
    }

    /** Parses the 16 hex digits that {@link #toString} writes. */
    public static SlotId parse(String hex) {
        return of(HexFormat.of().parseHex(hex));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SlotId that && value == that.value;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(value);
    }

    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(value);
    }
}
