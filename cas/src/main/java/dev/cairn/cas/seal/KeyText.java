package dev.cairn.cas.seal;

import dev.cairn.cas.VersionMismatchException;
import dev.cairn.cas.WrongKeyException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * The text of a file that holds a key. Lines that are empty or begin with {@code #} do not count; the first that does is a title
 * with a version; the others are a name, a colon and a value, no name twice. Names that nobody asks for are passed over.
 *
 * <p>Messages of errors never hold a value.
 */
final class KeyText {

    private static final int VERSION = 1;

    private final String where;
    private final Map<String, String> fields = new HashMap<>();

    private KeyText(String where) {
        this.where = where;
    }

    /** Whether the text has that title, of whatever version. */
    static boolean hasTitle(byte[] bytes, String title) {
        return new String(bytes, StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .filter(KeyText::counts)
                .findFirst()
                .filter(line -> line.startsWith(title))
                .isPresent();
    }

    private static boolean counts(String line) {
        return !line.isEmpty() && !line.startsWith("#");
    }

    /**
     * Reads a text.
     *
     * @param title with a blank at its end, after which the version stands
     * @param where the file, for the message of an error
     * @throws WrongKeyException if it is empty, malformed or longer than a key file may be
     * @throws VersionMismatchException if a newer Cairn wrote it
     */
    static KeyText parse(byte[] bytes, String title, String where) {
        KeyText text = new KeyText(where);
        if (bytes.length > KeyFile.BYTES_MAX) {
            throw text.malformed("has more than " + KeyFile.BYTES_MAX + " bytes");
        }
        boolean titled = false;
        for (String line : new String(bytes, StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .filter(KeyText::counts)
                .toList()) {
            if (titled) {
                text.add(line);
            } else {
                text.requireTitle(line, title);
                titled = true;
            }
        }
        if (!titled) {
            throw text.malformed("is empty");
        }
        return text;
    }

    private void add(String line) {
        int colon = line.indexOf(':');
        String name = colon < 0 ? line : line.substring(0, colon).strip();
        if (colon < 0 || fields.put(name, line.substring(colon + 1).strip()) != null) {
            throw malformed("is malformed");
        }
    }

    private void requireTitle(String line, String title) {
        if (!line.startsWith(title) || !line.substring(title.length()).matches("[1-9]\\d{0,5}")) {
            throw malformed("is not a key file");
        }
        int version = Integer.parseInt(line.substring(title.length()));
        if (version != VERSION) {
            throw new VersionMismatchException("key file " + where, VERSION, version);
        }
    }

    boolean has(String name) {
        return fields.containsKey(name);
    }

    /** The bytes that stand under a name, in hex. */
    byte[] hex(String name, int bytes) {
        String digits = fields.get(name);
        if (digits == null || digits.length() != 2 * bytes) {
            throw malformed("has no %s of %d hex digits".formatted(name, 2 * bytes));
        }
        try {
            return HexFormat.of().parseHex(digits);
        } catch (IllegalArgumentException e) {
            throw malformed("has a %s that is not hex".formatted(name));
        }
    }

    WrongKeyException malformed(String what) {
        return new WrongKeyException(
                "the key file %s %s".formatted(where, what),
                "Give the whole key file of this repository, or use the password or the recovery code.",
                null);
    }
}
