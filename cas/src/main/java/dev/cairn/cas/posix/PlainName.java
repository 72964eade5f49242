package dev.cairn.cas.posix;

import java.io.File;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Turns {@link Path} into bytes and back. A path from a listing keeps bytes that are not text, {@code toString()} loses
 * them, and the percent-encoded URI has them: that way round nothing is lost on Unix, whatever the locale.
 */
final class PlainName {
    private static final boolean UNIX = File.separatorChar == '/';
    private static final Path ROOT = Path.of("/");
    private static final HexFormat HEX = HexFormat.of();

    private PlainName() {}

    /** The bytes of {@code path} made absolute; on other systems than Unix its text in UTF-8. */
    static byte[] bytesOf(Path path) {
        if (!UNIX) {
            return path.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
        }
        String encoded = path.toUri().getRawPath();
        byte[] bytes = decodePercent(encoded);
        // A URI of a folder ends with a slash, which the path does not.
        return bytes.length > 1 && bytes[bytes.length - 1] == '/' ? Arrays.copyOf(bytes, bytes.length - 1) : bytes;
    }

    /** The last component of {@code path}. */
    static byte[] nameOf(Path path) {
        byte[] all = bytesOf(path);
        int start = all.length;
        while (start > 0 && all[start - 1] != '/' && (UNIX || all[start - 1] != '\\')) {
            start--;
        }
        return Arrays.copyOfRange(all, start, all.length);
    }

    /** The path of {@code bytes}, absolute or relative to the working folder. */
    static Path pathOf(String operation, byte[] bytes) throws PosixException {
        try {
            if (!UNIX) {
                return Path.of(requireText(operation, bytes));
            }
            if (bytes.length > 0 && bytes[0] == '/') {
                return Path.of(URI.create("file://" + encodePercent(bytes)));
            }
            Path absolute = Path.of(URI.create("file:///" + encodePercent(bytes)));
            int names = absolute.getNameCount();
            return names == 0 ? Path.of("") : absolute.subpath(0, names);
        } catch (IllegalArgumentException e) {
            throw new PosixException(operation, RawName.display(bytes), Errno.EILSEQ.code(), e);
        }
    }

    /** A single-component relative path. */
    static Path relative(String operation, byte[] name) throws PosixException {
        RawName.require(operation, name);
        try {
            Path path = UNIX
                    ? Path.of(URI.create("file:///" + encodePercent(name))).getFileName()
                    : Path.of(requireText(operation, name));
            // On systems with drives or streams a name can be more than a name.
            if (path == null || path.isAbsolute() || path.getRoot() != null || path.getNameCount() != 1) {
                throw new PosixException(operation, name, Errno.EINVAL);
            }
            return path;
        } catch (IllegalArgumentException e) {
            throw new PosixException(operation, RawName.display(name), Errno.EILSEQ.code(), e);
        }
    }

    /**
     * A symbolic link's target as a path. A target that a path would not keep as it is (doubled or trailing slashes)
     * fails with EOPNOTSUPP.
     */
    static Path target(String operation, byte[] target) throws PosixException {
        Path path = pathOf(operation, target);
        if (target.length == 0 || !Arrays.equals(targetBytes(path), target)) {
            throw new PosixException(operation, target, Errno.EOPNOTSUPP);
        }
        return path;
    }

    /** The bytes of a symbolic link's target, relative or absolute. */
    static byte[] targetBytes(Path target) {
        if (!UNIX) {
            return target.toString().getBytes(StandardCharsets.UTF_8);
        }
        if (target.isAbsolute()) {
            return bytesOf(target);
        }
        byte[] rooted = bytesOf(ROOT.resolve(target));
        return Arrays.copyOfRange(rooted, 1, rooted.length);
    }

    private static String requireText(String operation, byte[] bytes) throws PosixException {
        String text = RawName.decode(bytes);
        if (text == null) {
            throw new PosixException(operation, bytes, Errno.EILSEQ);
        }
        return text;
    }

    private static String encodePercent(byte[] bytes) {
        StringBuilder out = new StringBuilder(bytes.length * 3);
        for (byte b : bytes) {
            if (b == '/' || (b >= '0' && b <= '9') || (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z')) {
                out.append((char) b);
            } else {
                out.append('%').append(HEX.toHighHexDigit(b)).append(HEX.toLowHexDigit(b));
            }
        }
        return out.toString();
    }

    private static byte[] decodePercent(String encoded) {
        byte[] out = new byte[encoded.length()];
        int length = 0;
        for (int i = 0; i < encoded.length(); i++) {
            char c = encoded.charAt(i);
            if (c == '%') {
                out[length++] = (byte) HexFormat.fromHexDigits(encoded, i + 1, i + 3);
                i += 2;
            } else {
                out[length++] = (byte) c;
            }
        }
        return Arrays.copyOf(out, length);
    }
}
