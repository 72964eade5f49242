package dev.cairn.cas.manifest;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a snapshot says of one path. Made by the factories below; immutable.
 *
 * <p>A later hard link ({@link HardLink.Later}) is the same file as the first of its group. It repeats type, size, mode,
 * owner, times, target and device, so that a listing needs no second look-up, but has neither content nor extended
 * attributes: those stand at the first path.
 *
 * @param size length of a file, in bytes; of a symbolic link's target; else 0
 * @param content of a file that is not a later link; else null
 * @param target of a symbolic link; else null
 * @param device of a device; else null
 * @param hardLink null where the path is the only one
 * @param changedWhileRead whether the file changed under the reader's hands, so that its content may never have existed
 */
public record Entry(
        EntryPath path,
        EntryType type,
        Metadata metadata,
        long size,
        @Nullable Content content,
        @Nullable LinkTarget target,
        @Nullable Device device,
        @Nullable HardLink hardLink,
        boolean changedWhileRead) {

    public Entry {
        boolean later = hardLink instanceof HardLink.Later;
        require((content != null) == (type == EntryType.FILE && !later), path, "a file, and no other, has content");
        require((target != null) == (type == EntryType.SYMLINK), path, "a symbolic link, and no other, has a target");
        require((device != null) == type.isDevice(), path, "a device, and no other, has device numbers");
        require(hardLink == null || type != EntryType.DIRECTORY, path, "a directory has no hard links");
        require(!changedWhileRead || content != null, path, "only what is read can change while it is");
        require(!path.isRoot() || type == EntryType.DIRECTORY, path, "the root is a directory");
        if (hardLink instanceof HardLink.Later(EntryPath first)) {
            require(first.compareTo(path) < 0, path, "a later link comes after its first");
            require(metadata.xattrs().isEmpty(), path, "a later link has no extended attributes");
        }
        long expected = content != null ? content.size() : target != null ? target.sharedBytes().length : size;
        require(size == expected, path, "the size is that of the content");
        require(size >= 0 && (size == 0 || type == EntryType.FILE || type == EntryType.SYMLINK), path, "no such size");
    }

    /** A regular file. */
    public static Entry file(EntryPath path, Metadata metadata, Content content) {
        return new Entry(path, EntryType.FILE, metadata, content.size(), content, null, null, null, false);
    }

    /** A directory. */
    public static Entry directory(EntryPath path, Metadata metadata) {
        return new Entry(path, EntryType.DIRECTORY, metadata, 0, null, null, null, null, false);
    }

    /** A symbolic link. */
    public static Entry symlink(EntryPath path, Metadata metadata, LinkTarget target) {
        return new Entry(
                path, EntryType.SYMLINK, metadata, target.sharedBytes().length, null, target, null, null, false);
    }

    /** A FIFO or a socket. */
    public static Entry special(EntryPath path, EntryType type, Metadata metadata) {
        require(type == EntryType.FIFO || type == EntryType.SOCKET, path, "a FIFO or a socket");
        return new Entry(path, type, metadata, 0, null, null, null, null, false);
    }

    /** A character or block device. */
    public static Entry device(EntryPath path, EntryType type, Metadata metadata, Device device) {
        return new Entry(path, type, metadata, 0, null, null, device, null, false);
    }

    /** A later hard link at {@code path} to the file at {@code first}, which is the first of its group. */
    public static Entry laterLink(EntryPath path, Entry first) {
        require(first.hardLink instanceof HardLink.First, path, "the first of the group is marked so");
        return new Entry(
                path,
                first.type,
                first.metadata.withoutXattrs(),
                first.size,
                null,
                first.target,
                first.device,
                new HardLink.Later(first.path),
                false);
    }

    /** The same as the first of a group of hard links. */
    public Entry asFirstLink() {
        return withHardLink(new HardLink.First());
    }

    /** The same with another place among hard links. */
    public Entry withHardLink(@Nullable HardLink link) {
        return new Entry(path, type, metadata, size, content, target, device, link, changedWhileRead);
    }

    /** The same file, known to have changed while it was read. */
    public Entry asChangedWhileRead() {
        return new Entry(path, type, metadata, size, content, target, device, hardLink, true);
    }

    /** The same with other metadata. */
    public Entry withMetadata(Metadata other) {
        return new Entry(path, type, other, size, content, target, device, hardLink, changedWhileRead);
    }

    /** The same at another path. */
    public Entry withPath(EntryPath other) {
        return new Entry(other, type, metadata, size, content, target, device, hardLink, changedWhileRead);
    }

    /** Whether this is a directory. */
    public boolean isDirectory() {
        return type == EntryType.DIRECTORY;
    }

    /** The path of the first of its group if this is a later hard link, else null. */
    public @Nullable EntryPath linkedTo() {
        return hardLink instanceof HardLink.Later(EntryPath first) ? first : null;
    }

    /**
     * The content of a file that has its own.
     *
     * @throws NullPointerException if this is no file, or a later hard link
     */
    public Content requireContent() {
        return Objects.requireNonNull(content, () -> path + " has no content of its own");
    }

    /**
     * The target of a symbolic link.
     *
     * @throws NullPointerException if this is none
     */
    public LinkTarget requireTarget() {
        return Objects.requireNonNull(target, () -> path + " is no symbolic link");
    }

    /**
     * The numbers of a device.
     *
     * @throws NullPointerException if this is none
     */
    public Device requireDevice() {
        return Objects.requireNonNull(device, () -> path + " is no device");
    }

    private static void require(boolean condition, EntryPath path, String rule) {
        if (!condition) {
            throw new IllegalArgumentException(path + ": " + rule);
        }
    }
}
