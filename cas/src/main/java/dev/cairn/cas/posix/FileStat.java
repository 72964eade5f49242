package dev.cairn.cas.posix;

import java.util.Objects;

/**
 * What the file system says about one file, folder, link or special file at one moment.
 *
 * @param type what it is
 * @param device identifies the file system together with nothing else: major number in the upper, minor in the lower
 *     32 bits; changes across reboots, so it never leaves the machine
 * @param inode number within {@code device}
 * @param mode permission bits with set-id and sticky, 0 to 07777
 * @param links number of names (hard links)
 * @param uid owner, 0 to 2^32-1
 * @param gid group, 0 to 2^32-1
 * @param deviceMajor for devices, else 0
 * @param deviceMinor for devices, else 0
 * @param size bytes; for a symbolic link the length of its target on most file systems, 0 on some
 * @param blocks allocated 512-byte blocks
 * @param mtimeSeconds last change of the content, since 1970, may be negative
 * @param mtimeNanos 0 to 999,999,999, always added (also to negative seconds)
 * @param ctimeSeconds last change of content or metadata; nobody can set it
 * @param ctimeNanos as {@code mtimeNanos}
 */
public record FileStat(
        FileType type,
        long device,
        long inode,
        int mode,
        long links,
        long uid,
        long gid,
        int deviceMajor,
        int deviceMinor,
        long size,
        long blocks,
        long mtimeSeconds,
        int mtimeNanos,
        long ctimeSeconds,
        int ctimeNanos) {

    /** The set-id, sticky and permission bits. */
    public static final int MODE_MASK = 0xFFF;

    static final int NANOS_MAX = 999_999_999;
    private static final int BLOCK_BYTES = 512;

    public FileStat {
        Objects.requireNonNull(type, "type");
        if ((mode & ~MODE_MASK) != 0) {
            throw new IllegalArgumentException("mode (%o) has bits beyond 07777".formatted(mode));
        }
        if (size < 0) {
            throw new IllegalArgumentException("size (%d) must be >= 0".formatted(size));
        }
        if (mtimeNanos < 0 || mtimeNanos > NANOS_MAX || ctimeNanos < 0 || ctimeNanos > NANOS_MAX) {
            throw new IllegalArgumentException(
                    "nanoseconds (%d, %d) must be below one second".formatted(mtimeNanos, ctimeNanos));
        }
    }

    /** Whether this and {@code other} are names or handles of one and the same thing. */
    public boolean sameFile(FileStat other) {
        return device == other.device && inode == other.inode && type == other.type;
    }

    /** Whether fewer bytes are allocated than the size says: worth asking {@link OpenFile#seekData}. */
    public boolean mayHaveHoles() {
        return type == FileType.REGULAR && blocks < size / BLOCK_BYTES;
    }
}
