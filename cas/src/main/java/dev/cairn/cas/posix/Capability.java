package dev.cairn.cas.posix;

/**
 * What an implementation of {@link Directory} can do here. The native one has all of them; the plain one says which it
 * lacks. An operation that lacks its capability fails with {@link Errno#EOPNOTSUPP}, or does less where its Javadoc
 * says so; it never pretends.
 */
public enum Capability {
    /** Names that are not UTF-8 are listed, opened and created. Without: such names fail with EILSEQ. */
    RAW_NAMES,
    /** No operation follows a path component that was swapped. Without: some are a check followed by a use. */
    NO_FOLLOW,
    /** Device, inode, link count, ctime and device numbers are real. Without: they are 0, 0, 1, mtime and 0. */
    INODES,
    /** Permission bits and owners can be read and set. Without: 0644 or 0755 and 0, and setting fails. */
    OWNERS_AND_MODES,
    /** Extended attributes of every namespace and every type. Without: those of {@code user.*} on files at most. */
    XATTRS,
    /** Holes are found. Without: a file is all data. */
    HOLES,
    /** Modification times of symbolic links can be set. Without: setting fails. */
    SYMLINK_TIMES,
    /** FIFOs, sockets and devices can be made. */
    SPECIAL_FILES,
    /** A folder and its names can be forced to disk. Without: {@code sync()} of a folder does nothing. */
    DIRECTORY_SYNC
}
