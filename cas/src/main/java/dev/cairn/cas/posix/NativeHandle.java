package dev.cairn.cas.posix;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an open file and an open folder have in common, on a descriptor. */
abstract sealed class NativeHandle implements Handle permits NativeDirectory, NativeFile {
    static final byte[] SELF = {};
    /** In a timespec's nanoseconds: leave this time as it is. */
    private static final long UTIME_OMIT = 0x3FFFFFFE;

    final Descriptor descriptor;

    NativeHandle(int descriptor) {
        this.descriptor = new Descriptor(descriptor);
    }

    static long check(long result, String operation, byte[] name) throws PosixException {
        if (Errno.isError(result)) {
            throw new PosixException(operation, name, (int) -result);
        }
        return result;
    }

    @Override
    public FileStat stat() throws PosixException {
        int fd = descriptor.acquire("stat");
        try {
            return NativeStat.ofDescriptor(fd);
        } finally {
            descriptor.release();
        }
    }

    @Override
    public void chmod(int mode) throws PosixException {
        int fd = descriptor.acquire("chmod");
        try {
            check(Kernel.call(Scratch.get(), Syscall.FCHMOD, fd, mode & FileStat.MODE_MASK), "chmod", SELF);
        } finally {
            descriptor.release();
        }
    }

    @Override
    public void chown(long uid, long gid) throws PosixException {
        int fd = descriptor.acquire("chown");
        try {
            check(Kernel.call(Scratch.get(), Syscall.FCHOWN, fd, uid, gid), "chown", SELF);
        } finally {
            descriptor.release();
        }
    }

    @Override
    public void setTimes(long mtimeSeconds, int mtimeNanos) throws PosixException {
        int fd = descriptor.acquire("set times of");
        try {
            setTimes(Scratch.get(), fd, 0, 0, SELF, mtimeSeconds, mtimeNanos);
        } finally {
            descriptor.release();
        }
    }

    /** @param path an address, or 0 for the descriptor itself */
    static void setTimes(Scratch scratch, int fd, long path, int flags, byte[] name, long seconds, int nanos)
            throws PosixException {
        // Beyond a second the kernel would take two of the values as "now" and "omit".
        if (nanos < 0 || nanos > FileStat.NANOS_MAX) {
            throw new PosixException("set times of", name, Errno.EINVAL);
        }
        scratch.putLong(0, 0);
        scratch.putLong(8, UTIME_OMIT);
        scratch.putLong(16, seconds);
        scratch.putLong(24, nanos);
        check(Kernel.call(scratch, Syscall.UTIMENSAT, fd, path, scratch.struct(), flags), "set times of", name);
    }

    @Override
    public List<byte[]> xattrNames() throws PosixException {
        int fd = descriptor.acquire("list attributes of");
        try {
            return NativeXattrs.names(Scratch.get(), Syscall.FLISTXATTR, fd, SELF);
        } finally {
            descriptor.release();
        }
    }

    @Override
    public byte @Nullable [] xattr(byte[] attribute) throws PosixException {
        int fd = descriptor.acquire("read an attribute of");
        try {
            return NativeXattrs.value(Scratch.get(), Syscall.FGETXATTR, fd, SELF, attribute);
        } finally {
            descriptor.release();
        }
    }

    @Override
    public void setXattr(byte[] attribute, byte[] value) throws PosixException {
        int fd = descriptor.acquire("set an attribute of");
        try {
            NativeXattrs.set(Scratch.get(), Syscall.FSETXATTR, fd, SELF, attribute, value);
        } finally {
            descriptor.release();
        }
    }

    @Override
    public void removeXattr(byte[] attribute) throws PosixException {
        int fd = descriptor.acquire("remove an attribute of");
        try {
            NativeXattrs.remove(Scratch.get(), Syscall.FREMOVEXATTR, fd, SELF, attribute);
        } finally {
            descriptor.release();
        }
    }

    @Override
    public void sync() throws PosixException {
        int fd = descriptor.acquire("sync");
        try {
            check(Kernel.call(Scratch.get(), Syscall.FSYNC, fd, 0), "sync", SELF);
        } finally {
            descriptor.release();
        }
    }

    @Override
    public void close() throws PosixException {
        descriptor.close();
    }
}
