package dev.cairn.cas.manifest;

import dev.cairn.cas.CorruptDataException;
import java.util.Arrays;

/**
 * Reads what {@link BodyWriter} wrote and refuses everything else: a number that is longer than it need be, a count that
 * the remaining bytes cannot hold, bytes after the end. All failures are {@link CorruptDataException}s at {@code where}.
 */
final class BodyReader {

    private final byte[] bytes;
    private final String where;
    private int position;

    BodyReader(byte[] bytes, String where) {
        this.bytes = bytes;
        this.where = where;
    }

    int remaining() {
        return bytes.length - position;
    }

    int readByte(String what) {
        if (position == bytes.length) {
            throw corrupt(what, "the end of the bytes");
        }
        return bytes[position++] & 0xff;
    }

    /** A number of up to 64 bits, unsigned. */
    long readNumber(String what) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            int b = readByte(what);
            if (shift == 63 && b > 1) {
                throw corrupt(what + " of 64 bits", "a longer number");
            }
            value |= (long) (b & 0x7f) << shift;
            if (b < 0x80) {
                if (b == 0 && shift > 0) {
                    throw corrupt(what + " in its shortest form", "a longer form");
                }
                return value;
            }
        }
    }

    /** A number of either sign. */
    long readSigned(String what) {
        long number = readNumber(what);
        return (number >>> 1) ^ -(number & 1);
    }

    /** A number from 0 to {@code max}. */
    long readNumber(long max, String what) {
        long value = readNumber(what);
        if (value < 0 || value > max) {
            throw corrupt("%s of at most %d".formatted(what, max), Long.toUnsignedString(value));
        }
        return value;
    }

    /** A number from 0 to {@code max}. */
    int readInt(int max, String what) {
        return (int) readNumber(max, what);
    }

    /** A count of things that take {@code bytesEach} of the remaining bytes at least: safe to allocate for. */
    int readCount(int max, int bytesEach, String what) {
        int count = readInt(max, what);
        if ((long) count * bytesEach > remaining()) {
            throw corrupt(what + " that the bytes can hold", count + " in " + remaining() + " bytes");
        }
        return count;
    }

    /** Four bytes, big-endian. */
    int readFixedInt(String what) {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            value = (value << 8) | readByte(what);
        }
        return value;
    }

    void skip(int count, String what) {
        require(count, what);
        position += count;
    }

    byte[] readBytes(int count, String what) {
        require(count, what);
        byte[] result = Arrays.copyOfRange(bytes, position, position + count);
        position += count;
        return result;
    }

    void readBytes(byte[] target, int offset, int count, String what) {
        require(count, what);
        System.arraycopy(bytes, position, target, offset, count);
        position += count;
    }

    void requireEnd() {
        if (remaining() != 0) {
            throw corrupt("the end", remaining() + " more bytes");
        }
    }

    CorruptDataException corrupt(String expected, String actual) {
        return new CorruptDataException(where + ", byte " + position, expected, actual);
    }

    /** A value whose constructor refused what was read. */
    CorruptDataException invalid(RuntimeException refusal) {
        return corrupt("a valid value", String.valueOf(refusal.getMessage()));
    }

    private void require(int count, String what) {
        if (count < 0 || count > remaining()) {
            throw corrupt("%d bytes of %s".formatted(count, what), "%d".formatted(remaining()));
        }
    }
}
