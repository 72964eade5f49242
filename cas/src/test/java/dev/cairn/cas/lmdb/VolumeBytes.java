package dev.cairn.cas.lmdb;

import java.util.Arrays;

/** Finds bytes in the bytes of a file. */
final class VolumeBytes {

    private VolumeBytes() {}

    /** Where {@code part} begins in {@code whole}, looking from the end: the newest copy. */
    static int indexOf(byte[] whole, byte[] part) {
        for (int at = whole.length - part.length; at >= 0; at--) {
            if (whole[at] == part[0] && Arrays.equals(whole, at, at + part.length, part, 0, part.length)) {
                return at;
            }
        }
        throw new AssertionError("not in the file");
    }
}
