package dev.cairn.cas.manifest;

/**
 * What an entry has beside its content.
 *
 * @param mode the lower 12 bits of a mode: permissions, setuid, setgid, sticky
 * @param mtimeSeconds time of the last change of the content, in seconds since 1970, negative before
 * @param mtimeNanos 0 to 999,999,999 nanoseconds after that
 */
public record Metadata(int mode, Owner owner, long mtimeSeconds, int mtimeNanos, Xattrs xattrs) {

    /** The largest mode. */
    public static final int MODE_MAX = 07777;

    /** One more than the largest number of nanoseconds. */
    public static final int NANOS_PER_SECOND = 1_000_000_000;

    public Metadata {
        if (mode < 0 || mode > MODE_MAX) {
            throw new IllegalArgumentException("mode (%d) must be from 0 to %d".formatted(mode, MODE_MAX));
        }
        if (mtimeNanos < 0 || mtimeNanos >= NANOS_PER_SECOND) {
            throw new IllegalArgumentException(
                    "mtimeNanos (%d) must be from 0 to %d".formatted(mtimeNanos, NANOS_PER_SECOND - 1));
        }
    }

    /** The same without extended attributes. */
    public Metadata withoutXattrs() {
        return xattrs.isEmpty() ? this : new Metadata(mode, owner, mtimeSeconds, mtimeNanos, Xattrs.none());
    }
}
