package dev.cairn.delta.gap;

import java.util.Arrays;

/** A growing array of bytes that is used again and again. */
final class ByteSink {
    private static final int BYTES_MIN = 1 << 12;

    private byte[] bytes = new byte[BYTES_MIN];
    private int length;

    void clear() {
        length = 0;
    }

    /** Makes room for so many more bytes behind the {@link #length()} that are there. */
    byte[] room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
        return bytes;
    }

    /** Counts bytes that were put into the {@link #room}. */
    void added(int more) {
        length += more;
    }

    void put(int value) {
        room(1)[length++] = (byte) value;
    }

    void put(byte[] source, int from, int count) {
        System.arraycopy(source, from, room(count), length, count);
        length += count;
    }

    void putLeb128(int value) {
        int rest = value;
        while (rest >= 0x80) {
            put(rest | 0x80);
            rest >>>= 7;
        }
        put(rest);
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }
}
