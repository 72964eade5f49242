package dev.cairn.cas;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * The name of an object: HMAC-SHA-256, under the repository's id key, of its type and its plain bytes. Held as four longs
 * (big-endian words of the 32 bytes), so that sets of ids stay small and comparing two is four comparisons.
 *
 * <p>Ordered as its bytes are, unsigned: the order of keys in the index.
 */
public record ObjectId(long word0, long word1, long word2, long word3) implements Comparable<ObjectId> {

    /** Length of an id, in bytes. */
    public static final int BYTES = 32;

    /** Reads an id from {@code bytes} at {@code offset}. */
    public static ObjectId of(byte[] bytes, int offset) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, BYTES).order(ByteOrder.BIG_ENDIAN);
        return new ObjectId(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
    }

    /** Reads an id from exactly {@value #BYTES} bytes. */
    public static ObjectId of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("an object id has %d bytes, not %d".formatted(BYTES, bytes.length));
        }
        return of(bytes, 0);
    }

    /** Reads an id at the position of {@code buffer}, which must be big-endian, and advances it. */
    public static ObjectId read(ByteBuffer buffer) {
        return new ObjectId(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
    }

    /** Parses the 64 hex digits that {@link #toString} writes. */
    public static ObjectId parse(String hex) {
        if (hex.length() != 2 * BYTES) {
            throw new IllegalArgumentException(
                    "an object id has %d hex digits, not %d: %s".formatted(2 * BYTES, hex.length(), hex));
        }
        return of(HexFormat.of().parseHex(hex));
    }

    /** Writes the id at the position of {@code buffer}, which must be big-endian, and advances it. */
    public void write(ByteBuffer buffer) {
        buffer.putLong(word0).putLong(word1).putLong(word2).putLong(word3);
    }

    /** The 32 bytes, in a new array. */
    public byte[] bytes() {
        byte[] bytes = new byte[BYTES];
        write(ByteBuffer.wrap(bytes));
        return bytes;
    }

    /** The first 12 hex digits: enough for a person, never used to look anything up. */
    public String abbreviated() {
        return toString().substring(0, 12);
    }

    @Override
    public int compareTo(ObjectId other) {
        int order = Long.compareUnsigned(word0, other.word0);
        if (order == 0) {
            order = Long.compareUnsigned(word1, other.word1);
        }
        if (order == 0) {
            order = Long.compareUnsigned(word2, other.word2);
        }
        return order != 0 ? order : Long.compareUnsigned(word3, other.word3);
    }

    /** Ids are uniform already, so one word is a good hash of the whole. */
    @Override
    public int hashCode() {
        return Long.hashCode(word1);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ObjectId that
                && word0 == that.word0
                && word1 == that.word1
                && word2 == that.word2
                && word3 == that.word3;
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes());
    }
}
