package dev.cairn.cas.manifest;

import java.nio.charset.StandardCharsets;

/**
 * Whom an entry belongs to: numbers, which restoring takes, and names where the system knew them, for people.
 *
 * @param uid user id, unsigned
 * @param gid group id, unsigned
 * @param user name of the user, empty if unknown
 * @param group name of the group, empty if unknown
 */
public record Owner(int uid, int gid, String user, String group) {

    /**
     * The longest name, in bytes of UTF-8. Linux tools stop at 32, directories of companies at about 80 with their domain.
     */
    public static final int NAME_BYTES_MAX = 128;

    /**
     * The superuser and its group, as most systems name them.
     */
    public static final Owner ROOT = new Owner(0, 0, "root", "root");

    public Owner {
        requireName(user);
        requireName(group);
    }

    /** An owner of whom only the numbers are known. */
    public static Owner of(int uid, int gid) {
        return new Owner(uid, gid, "", "");
    }

    /** The user id as a number from 0 to 2^32-1. */
    public long uidUnsigned() {
        return Integer.toUnsignedLong(uid);
    }

    /** The group id as a number from 0 to 2^32-1. */
    public long gidUnsigned() {
        return Integer.toUnsignedLong(gid);
    }

    /** Whether {@code name} may stand here: well-formed, within the limit, no zero byte. A longer one is left out. */
    public static boolean isName(String name) {
        return name.length() <= NAME_BYTES_MAX
                && StandardCharsets.UTF_8.newEncoder().canEncode(name)
                && name.getBytes(StandardCharsets.UTF_8).length <= NAME_BYTES_MAX
                && name.indexOf('\0') < 0;
    }

    private static void requireName(String name) {
        if (!isName(name)) {
            throw new IllegalArgumentException("not a name of at most %d bytes: %s".formatted(NAME_BYTES_MAX, name));
        }
    }
}
