package dev.cairn.cas.posix;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An open folder. Every name is looked up in this folder itself, wherever it was moved since it was opened, and never
 * through a symbolic link: swapping a path component for a link leads nowhere.
 *
 * <p>Names are bytes; one that {@link RawName#isValid} refuses fails with EINVAL. All methods fail with
 * {@link PosixException}; its {@link Errno} is the reason. May be used from several threads.
 */
public interface Directory extends Handle {
    /** Receives the names of a folder. */
    @FunctionalInterface
    interface Visitor {
        /**
         * Takes one name.
         *
         * @param type as the folder tells it without a stat; {@link FileType#UNKNOWN} on some file systems
         */
        void name(byte[] name, FileType type) throws IOException;
    }

    /**
     * Opens a folder by path, following symbolic links on the way and at its end: for roots a person named, nothing
     * else. Uses the operating system's calls where it can, else the plain stand-in.
     *
     * @param path bytes, absolute or relative to the process's working folder
     */
    static Directory open(byte[] path) throws IOException {
        return Kernel.isAvailable() ? NativeDirectory.open(path) : PlainDirectory.open(path);
    }

    /** As {@link #open(byte[])}. The path may come from a listing: bytes that are not UTF-8 are kept. */
    static Directory open(Path path) throws IOException {
        return Kernel.isAvailable() ? NativeDirectory.open(PlainName.bytesOf(path)) : PlainDirectory.open(path);
    }

    /** What works here. */
    Set<Capability> capabilities();

    /** Opens a folder in this one. A symbolic link fails with ELOOP or ENOTDIR. */
    Directory openDirectory(byte[] name) throws IOException;

    /**
     * Opens a file for reading, without changing its access time where that is permitted, and without waiting (a FIFO
     * does not block). A symbolic link fails with ELOOP. Ask {@link #stat} before: opening a device can do something;
     * and {@link OpenFile#stat()} after: it can have been swapped.
     */
    OpenFile openFile(byte[] name) throws IOException;

    /** Makes a file and opens it for reading and writing; EEXIST when there is anything, a dangling link included. */
    OpenFile createFile(byte[] name, int mode) throws IOException;

    /**
     * All names, sorted as unsigned bytes, without {@code .} and {@code ..}. Takes the bytes of the names and 11 bytes
     * a name; at most 1 GiB of them, beyond that EOVERFLOW.
     */
    Listing list() throws IOException;

    /**
     * Hands out all names in the file system's order, in memory that does not depend on their number. The visitor may
     * do anything with this folder but list it; names made or removed meanwhile may or may not be seen.
     */
    void visit(Visitor visitor) throws IOException;

    /** One call; allocates only the result. A symbolic link is not followed. */
    FileStat stat(byte[] name) throws IOException;

    /** As {@link #stat}, null where there is nothing of that name. */
    @Nullable
    FileStat statIfPresent(byte[] name) throws IOException;

    /** The target of a symbolic link, as it stands; EINVAL for anything else. */
    byte[] readLink(byte[] name) throws IOException;

    /** Makes a folder. The umask takes bits off the mode: {@link #chmod(int)} sets them. */
    void createDirectory(byte[] name, int mode) throws IOException;

    /** Makes a symbolic link. The target is stored, not looked at: 1 to 4095 bytes without a zero byte. */
    void createSymlink(byte[] name, byte[] target) throws IOException;

    /** Makes {@code name} another name of {@code existing} in {@code source}; a symbolic link is linked itself. */
    void createLink(byte[] name, Directory source, byte[] existing) throws IOException;

    /**
     * Makes a FIFO, socket or device. The umask takes bits off the mode.
     *
     * @param major for devices, else ignored
     * @param minor for devices, else ignored
     */
    void createNode(byte[] name, FileType type, int mode, int major, int minor) throws IOException;

    /** Gives {@code name} another name in {@code target}, at once, replacing what stands there. */
    void rename(byte[] name, Directory target, byte[] newName) throws IOException;

    /** Removes a name that is not a folder. */
    void removeFile(byte[] name) throws IOException;

    /** Removes an empty folder. */
    void removeDirectory(byte[] name) throws IOException;

    /** As {@link Handle#chmod}; a symbolic link has no mode of its own: EOPNOTSUPP. */
    void chmod(byte[] name, int mode) throws IOException;

    /** As {@link Handle#chown}, of a symbolic link itself. */
    void chown(byte[] name, long uid, long gid) throws IOException;

    /** As {@link Handle#setTimes}, of a symbolic link itself. */
    void setTimes(byte[] name, long mtimeSeconds, int mtimeNanos) throws IOException;

    /** As {@link Handle#xattrNames}, of a symbolic link or special file itself; nothing is opened. */
    List<byte[]> xattrNames(byte[] name) throws IOException;

    /** As {@link Handle#xattr}, of a symbolic link or special file itself. */
    byte @Nullable [] xattr(byte[] name, byte[] attribute) throws IOException;

    /** As {@link Handle#setXattr}, of a symbolic link or special file itself. */
    void setXattr(byte[] name, byte[] attribute, byte[] value) throws IOException;

    /** As {@link Handle#removeXattr}, of a symbolic link or special file itself. */
    void removeXattr(byte[] name, byte[] attribute) throws IOException;
}
