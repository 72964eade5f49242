package dev.cairn.cas.manifest;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a symbolic link points at, as bytes. Not a path of the snapshot: it may be absolute, lead anywhere or nowhere, and is
 * never followed by Cairn. Holds no zero byte.
 */
public final class LinkTarget {

    /** The longest target, in bytes: four times what Linux allows. */
    public static final int BYTES_MAX = 16 << 10;

    private final byte[] bytes;

    /** The array is not copied: do not change it. */
    public LinkTarget(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a link target has 1 to %d bytes, not %d".formatted(BYTES_MAX, bytes.length));
        }
        for (byte b : bytes) {
            if (b == 0) {
                throw new IllegalArgumentException("a link target contains no zero byte");
            }
        }
        this.bytes = bytes;
    }

    /** The target of that text, in UTF-8. */
    public static LinkTarget of(String target) {
        return new LinkTarget(target.getBytes(StandardCharsets.UTF_8));
    }

    /** The bytes, in a new array. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** The bytes themselves, for this package, which does not change them. */
    byte[] sharedBytes() {
        return bytes;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LinkTarget that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** For people: escaped as {@link EntryPath#toString} does, slashes as they are. */
    @Override
    public String toString() {
        return EntryPath.render(bytes);
    }
}
