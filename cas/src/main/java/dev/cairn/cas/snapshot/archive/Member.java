package dev.cairn.cas.snapshot.archive;

import dev.cairn.cas.manifest.Device;
import dev.cairn.cas.manifest.Owner;
import dev.cairn.cas.manifest.Xattr;
import java.util.List;

/**
 * What an archive says of one thing in it, as it says it: nothing of it is checked but that numbers are in their ranges.
 *
 * @param name as it stands there, any bytes
 * @param mode the lower 12 bits
 * @param link the target of a symbolic link, or the name of the member that a hard link is another name of; else empty
 * @param device of a device, else zeros
 * @param map of a file, else of nothing
 * @param losses what is said of it that a snapshot cannot keep
 */
record Member(
        byte[] name,
        Kind kind,
        int mode,
        Owner owner,
        long mtimeSeconds,
        int mtimeNanos,
        byte[] link,
        Device device,
        List<Xattr> xattrs,
        SparseMap map,
        List<String> losses) {

    /** What a member is. */
    enum Kind {
        FILE,
        DIRECTORY,
        SYMLINK,
        HARD_LINK,
        FIFO,
        CHAR_DEVICE,
        BLOCK_DEVICE,
        /** A zip or 7z entry whose content is the target of a symbolic link. */
        SYMLINK_BY_CONTENT
    }

    /** A member of a zip or 7z archive, which have no devices, holes, attributes or names of links. */
    static Member plain(byte[] name, Kind kind, int mode, Owner owner, long mtimeSeconds, int mtimeNanos, long size) {
        boolean hasContent = kind == Kind.FILE || kind == Kind.SYMLINK_BY_CONTENT;
        return new Member(
                name,
                kind,
                mode,
                owner,
                mtimeSeconds,
                mtimeNanos,
                new byte[0],
                new Device(0, 0),
                List.of(),
                SparseMap.dense(hasContent ? size : 0),
                List.of());
    }
}
