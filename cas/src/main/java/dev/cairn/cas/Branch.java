package dev.cairn.cas;

import java.nio.charset.StandardCharsets;

/**
 * A named, versioned pointer to a snapshot.
 *
 * @param version grows by one with each move on this replica, from 1
 */
public record Branch(String name, ObjectId snapshot, long version) {

    /** The longest name, in bytes of UTF-8. */
    public static final int NAME_BYTES_MAX = 255;

    public Branch {
        requireName(name);
    }

    /**
     * Checks a branch's name: 1 to {@value #NAME_BYTES_MAX} bytes; letters, digits and {@code . _ - /}; no empty, {@code .}
     * or {@code ..} part between slashes; not beginning with a dash.
     *
     * @throws IllegalArgumentException if it is not one
     */
    public static String requireName(String name) {
        boolean wellFormed = !name.isEmpty()
                && name.length() <= NAME_BYTES_MAX
                && name.charAt(0) != '-'
                && name.getBytes(StandardCharsets.UTF_8).length <= NAME_BYTES_MAX
                && name.codePoints().allMatch(c -> Character.isLetterOrDigit(c) || "._-/".indexOf(c) >= 0);
        if (wellFormed) {
            for (String part : name.split("/", -1)) {
                wellFormed &= !part.isEmpty() && !part.equals(".") && !part.equals("..");
            }
        }
        if (!wellFormed) {
            throw new IllegalArgumentException("not a branch name: '" + name + "'");
        }
        return name;
    }
}
