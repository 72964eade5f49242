package dev.cairn.cas.manifest;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One extended attribute, ACLs included: a name such as {@code user.comment} and a value, both bytes. The arrays are not
 * copied: do not change them.
 */
public record Xattr(byte[] name, byte[] value) implements Comparable<Xattr> {

    /** The longest name, in bytes: Linux's limit. */
    public static final int NAME_BYTES_MAX = 255;

    /** The longest value, in bytes: Linux's limit. */
    public static final int VALUE_BYTES_MAX = 64 << 10;

    public Xattr {
        if (name.length == 0 || name.length > NAME_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "the name of an attribute has 1 to %d bytes, not %d".formatted(NAME_BYTES_MAX, name.length));
        }
        if (value.length > VALUE_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "the value of an attribute has at most %d bytes, not %d".formatted(VALUE_BYTES_MAX, value.length));
        }
        for (byte b : name) {
            if (b == 0) {
                throw new IllegalArgumentException("the name of an attribute contains no zero byte");
            }
        }
    }

    /** By name, bytewise. */
    @Override
    public int compareTo(Xattr other) {
        return Arrays.compareUnsigned(name, other.name);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Xattr that && Arrays.equals(name, that.name) && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(name) + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return EntryPath.render(name) + " (" + value.length + " bytes)";
    }
}
