package dev.cairn.cas.posix;

import org.jspecify.annotations.Nullable;

/** The statx call and its struct, which is laid out alike on every architecture. */
final class NativeStat {
    private static final int NLINK = 16;
    private static final int UID = 20;
    private static final int GID = 24;
    private static final int MODE = 28;
    private static final int INO = 32;
    private static final int SIZE = 40;
    private static final int BLOCKS = 48;
    private static final int CTIME = 96;
    private static final int MTIME = 112;
    private static final int RDEV_MAJOR = 128;
    private static final int RDEV_MINOR = 132;
    private static final int DEV_MAJOR = 136;
    private static final int DEV_MINOR = 140;
    private static final int NANOS = 8;
    private static final byte[] EMPTY = {};

    private NativeStat() {}

    static FileStat ofDescriptor(int descriptor) throws PosixException {
        Scratch scratch = Scratch.get();
        long result = statx(scratch, descriptor, EMPTY, Kernel.AT_EMPTY_PATH);
        if (Errno.isError(result)) {
            throw new PosixException("stat", EMPTY, (int) -result);
        }
        return read(scratch);
    }

    /** Null for ENOENT where {@code absentIsNull}. */
    static @Nullable FileStat ofName(int descriptor, byte[] name, boolean absentIsNull) throws PosixException {
        Scratch scratch = Scratch.get();
        long result = statx(scratch, descriptor, name, Kernel.AT_SYMLINK_NOFOLLOW | Kernel.AT_NO_AUTOMOUNT);
        if (Errno.isError(result)) {
            if (absentIsNull && result == -Errno.ENOENT.code()) {
                return null;
            }
            throw new PosixException("stat", name, (int) -result);
        }
        return read(scratch);
    }

    private static long statx(Scratch scratch, int descriptor, byte[] name, int flags) {
        long path = scratch.path(name);
        return Kernel.call(scratch, Syscall.STATX, descriptor, path, flags, Kernel.STATX_BASIC_STATS, scratch.struct());
    }

    private static FileStat read(Scratch s) {
        int mode = s.intAt(MODE) & 0xFFFF;
        FileType type = FileType.ofMode(mode);
        boolean device = type == FileType.CHARACTER_DEVICE || type == FileType.BLOCK_DEVICE;
        return new FileStat(
                type,
                (long) s.intAt(DEV_MAJOR) << 32 | Integer.toUnsignedLong(s.intAt(DEV_MINOR)),
                s.longAt(INO),
                mode & FileStat.MODE_MASK,
                Integer.toUnsignedLong(s.intAt(NLINK)),
                Integer.toUnsignedLong(s.intAt(UID)),
                Integer.toUnsignedLong(s.intAt(GID)),
                device ? s.intAt(RDEV_MAJOR) : 0,
                device ? s.intAt(RDEV_MINOR) : 0,
                Math.max(0, s.longAt(SIZE)),
                s.longAt(BLOCKS),
                s.longAt(MTIME),
                nanos(s.intAt(MTIME + NANOS)),
                s.longAt(CTIME),
                nanos(s.intAt(CTIME + NANOS)));
    }

    /** A network or user-space file system may hand on anything; what is no nanosecond count becomes one. */
    private static int nanos(int raw) {
        return Math.clamp(raw, 0, FileStat.NANOS_MAX);
    }
}
