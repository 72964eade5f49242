package dev.cairn.cas.posix;

import java.util.OptionalLong;

/** How many more files a file system takes: some have a table of files of a fixed size, which can be full while there is space. */
public final class FileNodes {

    /** Places in {@code struct statfs}, the same on x86-64 and aarch64. */
    private static final long FILES = 40;

    private static final long FILES_FREE = 48;

    private FileNodes() {}

    /**
     * How many files can still be made where {@code path} stands; empty where the file system has no such limit, or does not tell.
     */
    public static OptionalLong free(byte[] path) {
        if (!Kernel.isAvailable() || path.length >= Scratch.STRUCT_BYTES * 16) {
            return OptionalLong.empty();
        }
        Scratch scratch = Scratch.get();
        long result = Kernel.call(scratch, Syscall.STATFS, scratch.path(path), scratch.struct());
        if (Errno.isError(result) || scratch.longAt(FILES) <= 0) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(scratch.longAt(FILES_FREE));
    }
}
