package dev.cairn.cas.seal;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.PlainObject;
import java.util.List;

/**
 * The bodies of a record's objects in one piece, as they are before compression: the length of each as an unsigned LEB128
 * number of at most 4 bytes, then the bytes of all, back to back. Children are not repeated: they stand in the clear header.
 */
final class Payload {

    private static final int LENGTH_BYTES_MAX = 4;

    private Payload() {}

    /** The length of the payload of these objects, in bytes. */
    static long bytes(List<PlainObject> objects) {
        long bytes = 0;
        for (PlainObject object : objects) {
            int length = object.body().length;
            bytes += lengthBytes(length) + (long) length;
        }
        return bytes;
    }

    /** Writes the payload at the start of {@code target}. */
    static void write(List<PlainObject> objects, byte[] target) {
        int end = 0;
        for (PlainObject object : objects) {
            int rest = object.body().length;
            while (rest >= 0x80) {
                target[end++] = (byte) (rest | 0x80);
                rest >>>= 7;
            }
            target[end++] = (byte) rest;
        }
        for (PlainObject object : objects) {
            System.arraycopy(object.body(), 0, target, end, object.body().length);
            end += object.body().length;
        }
    }

    /**
     * Where each of {@code count} bodies begins in {@code plain}, and at last where the last one ends.
     *
     * @throws CorruptDataException if the lengths are not canonical, or do not add up to the whole payload
     */
    static int[] bounds(byte[] plain, int count, String where) {
        int[] lengths = new int[count];
        int at = 0;
        for (int i = 0; i < count; i++) {
            int length = 0;
            int read = 0;
            int octet;
            do {
                if (at == plain.length || read == LENGTH_BYTES_MAX) {
                    throw new CorruptDataException(where, "the length of object " + i, "no such number");
                }
                octet = plain[at++];
                length |= (octet & 0x7f) << (7 * read++);
            } while (octet < 0);
            if (read != lengthBytes(length)) {
                throw new CorruptDataException(where, "lengths in their shortest form", read + " bytes for " + length);
            }
            lengths[i] = length;
        }
        int[] bounds = new int[count + 1];
        long end = at;
        for (int i = 0; i < count; i++) {
            bounds[i] = (int) end;
            end += lengths[i];
            if (end > plain.length) {
                throw new CorruptDataException(where, "bodies within " + plain.length + " bytes", end + " bytes");
            }
        }
        if (end != plain.length) {
            throw new CorruptDataException(where, "a payload of " + end + " bytes", plain.length + " bytes");
        }
        bounds[count] = (int) end;
        return bounds;
    }

    private static int lengthBytes(int length) {
        return length < 1 << 7 ? 1 : length < 1 << 14 ? 2 : length < 1 << 21 ? 3 : length < 1 << 28 ? 4 : 5;
    }
}
