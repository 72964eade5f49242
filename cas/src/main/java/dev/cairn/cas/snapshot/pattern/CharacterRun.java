package dev.cairn.cas.snapshot.pattern;

import dev.cairn.cas.posix.RawName;
import java.util.Arrays;

/**
 * The characters of a name, as numbers: code points where the bytes are UTF-8, and numbers beyond Unicode for each byte that is
 * not, so that a pattern can tell all names apart.
 */
final class CharacterRun {
    private static final int STRAY_BYTE = 0x110000;

    private CharacterRun() {}

    /** One pass; allocates the result and, where a byte is not ASCII, a copy of it. */
    static int[] of(byte[] bytes) {
        int[] run = new int[bytes.length];
        int count = read(bytes, run);
        return count == run.length ? run : Arrays.copyOf(run, count);
    }

    /** Puts the characters into {@code run}, which has room for one a byte, and returns how many there are. */
    static int read(byte[] bytes, int[] run) {
        int count = 0;
        for (int i = 0; i < bytes.length; ) {
            int length = sequenceBytes(bytes, i);
            run[count++] = length == 0 ? STRAY_BYTE + (bytes[i] & 0xFF) : codePoint(bytes, i, length);
            i += Math.max(1, length);
        }
        return count;
    }

    /** The name for a message: on one line, whatever it holds. */
    static String shown(byte[] bytes) {
        return RawName.display(bytes);
    }

    /** Length of the well-formed UTF-8 sequence at {@code at} (Unicode, table 3-7), or 0 if there is none. */
    private static int sequenceBytes(byte[] bytes, int at) {
        int lead = bytes[at] & 0xFF;
        if (lead < 0x80) {
            return 1;
        }
        int length = lead < 0xC2 || lead > 0xF4 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        if (length == 0 || at + length > bytes.length) {
            return 0;
        }
        for (int i = 1; i < length; i++) {
            if ((bytes[at + i] & 0xC0) != 0x80) {
                return 0;
            }
        }
        int point = codePoint(bytes, at, length);
        boolean overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
        boolean surrogate = point >= 0xD800 && point <= 0xDFFF;
        return overlong || surrogate || point > Character.MAX_CODE_POINT ? 0 : length;
    }

    private static int codePoint(byte[] bytes, int at, int length) {
        if (length == 1) {
            return bytes[at];
        }
        int point = bytes[at] & (0x7F >> length);
        for (int i = 1; i < length; i++) {
            point = (point << 6) | (bytes[at + i] & 0x3F);
        }
        return point;
    }
}
