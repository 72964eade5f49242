package dev.cairn.cli.text;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;

/** Paths of this machine that an argument names, whatever bytes they have. */
public final class PathText {

    private PathText() {}

    /**
     * The path that {@code text} carries ({@link RawText}). One that is not UTF-8 becomes a path by way of a URI, which takes
     * any bytes.
     */
    public static Path path(String text) {
        byte[] bytes = RawText.bytes(text);
        boolean plain = true;
        for (byte b : bytes) {
            plain &= b > 0;
        }
        if (plain || RawText.isUtf8(text)) {
            return Path.of(text);
        }
        String absolute = text.startsWith("/") ? text : Path.of("").toAbsolutePath() + "/" + text;
        StringBuilder uri = new StringBuilder("file://");
        for (byte b : RawText.bytes(absolute)) {
            boolean unreserved = b == '/' || (b > 0 && Character.isLetterOrDigit(b));
            uri.append(unreserved ? String.valueOf((char) b) : String.format(Locale.ROOT, "%%%02X", b & 0xFF));
        }
        return Path.of(URI.create(uri.toString()));
    }
}
