package dev.cairn.cas.manifest;

import java.util.Arrays;

/** Bytes of a page under construction. Numbers are unsigned LEB128: seven bits a byte, the lowest first. */
final class BodyWriter {

    private byte[] bytes = new byte[1 << 10];
    private int length;

    /** One byte, the lower eight bits of {@code value}. */
    void writeByte(int value) {
        reserve(1);
        bytes[length++] = (byte) value;
    }

    /** A number, unsigned. */
    void writeNumber(long value) {
        reserve(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
    }

    /** A number of either sign: zigzag, so that small ones are short. */
    void writeSigned(long value) {
        writeNumber((value << 1) ^ (value >> 63));
    }

    /** Four bytes, big-endian. */
    void writeFixedInt(int value) {
        reserve(4);
        bytes[length++] = (byte) (value >>> 24);
        bytes[length++] = (byte) (value >>> 16);
        bytes[length++] = (byte) (value >>> 8);
        bytes[length++] = (byte) value;
    }

    /** The bytes of {@code source} in a range, without their length. */
    void writeBytes(byte[] source, int offset, int count) {
        reserve(count);
        System.arraycopy(source, offset, bytes, length, count);
        length += count;
    }

    /** All of {@code source}, without its length. */
    void writeBytes(byte[] source) {
        writeBytes(source, 0, source.length);
    }

    /** What was written, in a new array. */
    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }
}
