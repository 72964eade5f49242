package dev.cairn.cas.manifest;

import java.util.Arrays;
import java.util.List;

/**
 * The keys of a page, strictly ascending: for each the number of bytes it shares with the one before, then for each the number
 * of bytes that follow, then those bytes of all. The shared part is as long as it can be.
 */
final class KeyColumn {

    /** The least that a key but the first takes: two lengths and a byte. */
    private static final int BYTES_MIN = 3;

    private KeyColumn() {}

    static void write(List<byte[]> keys, BodyWriter body) {
        int[] shared = new int[keys.size()];
        for (int i = 1; i < shared.length; i++) {
            shared[i] = sharedBytes(keys.get(i - 1), keys.get(i));
        }
        for (int count : shared) {
            body.writeNumber(count);
        }
        for (int i = 0; i < shared.length; i++) {
            body.writeNumber(keys.get(i).length - shared[i]);
        }
        for (int i = 0; i < shared.length; i++) {
            body.writeBytes(keys.get(i), shared[i], keys.get(i).length - shared[i]);
        }
    }

    /**
     * Reads {@code count} keys. Short bytes can stand for long keys, so their sum is limited as the weight of a page limits
     * it; each key is bounded before it is allocated.
     */
    static byte[][] read(int count, BodyReader body) {
        if (count > 1 && (long) (count - 1) * BYTES_MIN > body.remaining()) {
            throw body.corrupt("keys that the bytes can hold", count + " keys in " + body.remaining() + " bytes");
        }
        int[] shared = new int[count];
        for (int i = 0; i < count; i++) {
            shared[i] = body.readInt(EntryPath.PATH_BYTES_MAX, "shared bytes of a key");
        }
        int[] rest = new int[count];
        for (int i = 0; i < count; i++) {
            rest[i] = body.readInt(EntryPath.PATH_BYTES_MAX, "length of a key");
        }
        byte[][] keys = new byte[count][];
        byte[] previous = new byte[0];
        long total = 0;
        for (int i = 0; i < count; i++) {
            int length = shared[i] + rest[i];
            if (shared[i] > previous.length || length > EntryPath.PATH_BYTES_MAX) {
                throw body.corrupt("a key", "%d bytes, %d of them shared".formatted(length, shared[i]));
            }
            if (i >= Page.ITEMS_MIN && total / KEY_BYTES_PER_WEIGHT >= Page.FORCED_BYTES) {
                throw body.corrupt("a page's end after " + i + " keys", count + " keys");
            }
            total += length;
            byte[] key = Arrays.copyOf(previous, length);
            body.readBytes(key, shared[i], rest[i], "key");
            if (i > 0 && (rest[i] == 0 || !ascends(previous, key, shared[i]))) {
                throw body.corrupt("keys in ascending order", EntryPath.render(key));
            }
            keys[i] = key;
            previous = key;
        }
        return keys;
    }

    /** How many bytes of key weigh as one byte of page: nearly all of them are shared. */
    static final int KEY_BYTES_PER_WEIGHT = 8;

    private static boolean ascends(byte[] previous, byte[] key, int shared) {
        return shared == previous.length || (key[shared] & 0xff) > (previous[shared] & 0xff);
    }

    private static int sharedBytes(byte[] a, byte[] b) {
        int mismatch = Arrays.mismatch(a, b);
        return mismatch < 0 ? a.length : mismatch;
    }
}
