package dev.cairn.cas.snapshot.archive;

import dev.cairn.cas.manifest.EntryPath;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A key of {@link RecordSort} that says which member of an archive is meant: the key of a path, two zero bytes, and the member's number.
 * The order of such keys is that of paths and, at one path, that of members: a path's key never has two zero bytes in a row.
 */
final class VersionKey {

    private static final int NUMBER_BYTES = 8;
    private static final int TAIL_BYTES = 2 + NUMBER_BYTES;

    private VersionKey() {}

    static byte[] of(EntryPath path, long number) {
        return of(path.key(), number);
    }

    private static byte[] of(byte[] pathKey, long number) {
        byte[] key = Arrays.copyOf(pathKey, pathKey.length + TAIL_BYTES);
        ByteBuffer.wrap(key).putLong(key.length - NUMBER_BYTES, number);
        return key;
    }

    static EntryPath path(byte[] key) {
        return EntryPath.ofKey(Arrays.copyOf(key, key.length - TAIL_BYTES));
    }

    static long number(byte[] key) {
        return ByteBuffer.wrap(key).getLong(key.length - NUMBER_BYTES);
    }

    /** Whether two keys are of one path. */
    static boolean isSamePath(byte[] a, byte[] b) {
        return a.length == b.length && Arrays.equals(a, 0, a.length - TAIL_BYTES, b, 0, b.length - TAIL_BYTES);
    }
}
