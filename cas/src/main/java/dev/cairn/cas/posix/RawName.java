package dev.cairn.cas.posix;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Names as bytes: what may stand as one, and how one is shown. */
public final class RawName {
    /** The longest name accepted; file systems allow less, 255 bytes for nearly all of them. */
    public static final int NAME_BYTES_MAX = 4095;

    private static final byte SLASH = '/';
    private static final byte DOT = '.';

    private RawName() {}

    /** The bytes of a name given as text, in UTF-8. */
    public static byte[] of(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Whether {@code name} can name something in a folder: 1 to 4095 bytes, no slash, no zero byte, neither {@code .}
     * nor {@code ..}.
     */
    public static boolean isValid(byte[] name) {
        if (name.length == 0 || name.length > NAME_BYTES_MAX) {
            return false;
        }
        for (byte b : name) {
            if (b == SLASH || b == 0) {
                return false;
            }
        }
        return !(name[0] == DOT && (name.length == 1 || (name.length == 2 && name[1] == DOT)));
    }

    /** Fails with EINVAL unless {@link #isValid}: the gate every call on a name passes through. */
    static void require(String operation, byte[] name) throws PosixException {
        if (!isValid(name)) {
            throw new PosixException(operation, name, Errno.EINVAL);
        }
    }

    /** Whether {@code bytes} are UTF-8: no overlong form, no surrogate, nothing above U+10FFFF, nothing cut off. */
    public static boolean isUtf8(byte[] bytes) {
        return decode(bytes) != null;
    }

    /** The text whose UTF-8 form is exactly {@code bytes}, or null where there is none. */
    public static @Nullable String decode(byte[] bytes) {
        try {
            return strictDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /**
     * The text of {@code bytes} for machines: exact where they are UTF-8, otherwise with each byte that is not part of
     * UTF-8 as {@code \xNN}. Only the first kind can be turned back; give the bytes beside the second.
     */
    public static String text(byte[] bytes) {
        String exact = decode(bytes);
        return exact != null ? exact : escapeInvalid(bytes);
    }

    /**
     * The text of {@code bytes} for a terminal or a log: {@link #text} with control characters, line separators and
     * characters that change the writing direction escaped, so that it stands on one line and moves no cursor.
     */
    public static String display(byte[] bytes) {
        return display(text(bytes));
    }

    /** As {@link #display(byte[])}, of a text that somebody else wrote: a tag, a host, an owner's name. */
    public static String display(String text) {
        StringBuilder out = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isUnsafe(c)) {
                if (out == null) {
                    out = new StringBuilder(text.length() + 16).append(text, 0, i);
                }
                appendEscaped(out, c);
            } else if (out != null) {
                out.append(c);
            }
        }
        return out == null ? text : out.toString();
    }

    private static boolean isUnsafe(char c) {
        return Character.isISOControl(c)
                || (c >= 0x202A && c <= 0x202E)
                || (c >= 0x2066 && c <= 0x2069)
                || c == 0x200E
                || c == 0x200F
                || c == 0x061C
                || c == 0x2028
                || c == 0x2029;
    }

    private static void appendEscaped(StringBuilder out, char c) {
        switch (c) {
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> out.append("\\u%04x".formatted((int) c));
        }
    }

    private static String escapeInvalid(byte[] bytes) {
        CharsetDecoder decoder = strictDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length * 4);
        while (true) {
            CoderResult result = decoder.decode(in, out, true);
            if (result.isUnderflow()) {
                return out.flip().toString();
            }
            for (int i = 0; i < result.length(); i++) {
                out.put("\\x%02x".formatted(in.get() & 0xFF));
            }
            decoder.reset();
        }
    }

    private static CharsetDecoder strictDecoder() {
        return StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
    }
}
