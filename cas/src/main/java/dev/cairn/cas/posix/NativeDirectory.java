package dev.cairn.cas.posix;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** An open folder on a descriptor: every call names the descriptor and one name. */
final class NativeDirectory extends NativeHandle implements Directory {
    private static final int OPEN_DIRECTORY = Kernel.O_DIRECTORY | Kernel.O_CLOEXEC;
    private static final int OPEN_READ = Kernel.O_NOFOLLOW | Kernel.O_NONBLOCK | Kernel.O_NOCTTY | Kernel.O_CLOEXEC;
    private static final int OPEN_NEW =
            Kernel.O_RDWR | Kernel.O_CREAT | Kernel.O_EXCL | Kernel.O_NOFOLLOW | Kernel.O_CLOEXEC;
    /** A first target that fills this exactly may have been cut; no Linux file system keeps longer ones. */
    private static final int TARGET_BYTES_MAX = 4095;
    /** One block of entries: 900 to 1,400 of usual length. */
    private static final int LIST_BYTES = 32 << 10;

    private static final int ENTRY_LENGTH = 16;
    private static final int ENTRY_TYPE = 18;
    private static final int ENTRY_NAME = 19;

    /** The descriptor's place in the listing is shared by all its users: one lists at a time. */
    private final ReentrantLock listing = new ReentrantLock();

    private NativeDirectory(int descriptor) {
        super(descriptor);
    }

    static NativeDirectory open(byte[] path) throws PosixException {
        requireStored("open", path, path);
        Scratch scratch = Scratch.get();
        long result = Kernel.call(scratch, Syscall.OPENAT, Kernel.AT_FDCWD, scratch.path(path), OPEN_DIRECTORY, 0);
        return new NativeDirectory((int) check(result, "open", path));
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }

    @Override
    public Directory openDirectory(byte[] name) throws PosixException {
        return new NativeDirectory(openAt("open", name, OPEN_DIRECTORY | Kernel.O_NOFOLLOW, 0));
    }

    @Override
    public OpenFile openFile(byte[] name) throws PosixException {
        RawName.require("open", name);
        int fd = descriptor.acquire("open");
        try {
            Scratch scratch = Scratch.get();
            long path = scratch.path(name);
            long result = Kernel.call(scratch, Syscall.OPENAT, fd, path, OPEN_READ | Kernel.O_NOATIME, 0);
            if (result == -Errno.EPERM.code()) {
                // Only the owner may read without leaving a trace.
                result = Kernel.call(scratch, Syscall.OPENAT, fd, path, OPEN_READ, 0);
            }
            return new NativeFile((int) check(result, "open", name));
        } finally {
            descriptor.release();
        }
    }

    @Override
    public OpenFile createFile(byte[] name, int mode) throws PosixException {
        return new NativeFile(openAt("create", name, OPEN_NEW, mode & FileStat.MODE_MASK));
    }

    private int openAt(String operation, byte[] name, int flags, int mode) throws PosixException {
        return (int) onName(Syscall.OPENAT, operation, name, flags, mode, 0);
    }

    @Override
    public Listing list() throws PosixException {
        Listing.Collector collector = new Listing.Collector();
        try {
            visit(collector);
        } catch (PosixException e) {
            throw e;
        } catch (IOException impossible) {
            throw new AssertionError("a collector fails with PosixException only", impossible);
        }
        return collector.sorted();
    }

    @Override
    public void visit(Visitor visitor) throws IOException {
        if (listing.isHeldByCurrentThread()) {
            throw new IllegalStateException("a visitor must not list the folder it visits");
        }
        int fd = descriptor.acquire("list");
        listing.lock();
        try {
            check(Kernel.call(Scratch.get(), Syscall.LSEEK, fd, 0, 0), "list", SELF);
            while (true) {
                Scratch scratch = Scratch.get();
                int length = (int)
                        check(Kernel.call(scratch, Syscall.GETDENTS64, fd, scratch.block(), LIST_BYTES), "list", SELF);
                if (length == 0) {
                    return;
                }
                visitBlock(scratch.copyOfBlock(length), visitor);
            }
        } finally {
            listing.unlock();
            descriptor.release();
        }
    }

    /** Entries of the kernel: inode, place, length (2 bytes), type (1 byte), name with a zero byte, padding. */
    private static void visitBlock(byte[] block, Visitor visitor) throws IOException {
        ByteBuffer entries = ByteBuffer.wrap(block).order(ByteOrder.nativeOrder());
        int at = 0;
        while (at < block.length) {
            int length = entries.getShort(at + ENTRY_LENGTH) & 0xFFFF;
            if (length <= ENTRY_NAME || length > block.length - at) {
                throw new PosixException("list", SELF, Errno.EIO);
            }
            int nameEnd = at + ENTRY_NAME;
            while (nameEnd < at + length && block[nameEnd] != 0) {
                nameEnd++;
            }
            byte[] name = Arrays.copyOfRange(block, at + ENTRY_NAME, nameEnd);
            // Besides "." and "..", a broken file system may hand out what no call would take: leave it out, loudly.
            if (RawName.isValid(name)) {
                visitor.name(name, FileType.ofDirectoryEntry(block[at + ENTRY_TYPE]));
            } else if (!isSelfOrParent(name)) {
                throw new PosixException("list", name, Errno.EIO);
            }
            at += length;
        }
    }

    private static boolean isSelfOrParent(byte[] name) {
        return (name.length == 1 || name.length == 2) && name[0] == '.' && name[name.length - 1] == '.';
    }

    @Override
    public FileStat stat(byte[] name) throws PosixException {
        return Objects.requireNonNull(stat(name, false));
    }

    @Override
    public @Nullable FileStat statIfPresent(byte[] name) throws PosixException {
        return stat(name, true);
    }

    private @Nullable FileStat stat(byte[] name, boolean absentIsNull) throws PosixException {
        RawName.require("stat", name);
        int fd = descriptor.acquire("stat");
        try {
            return NativeStat.ofName(fd, name, absentIsNull);
        } finally {
            descriptor.release();
        }
    }

    @Override
    public byte[] readLink(byte[] name) throws PosixException {
        RawName.require("read link", name);
        int fd = descriptor.acquire("read link");
        try {
            Scratch scratch = Scratch.get();
            long result = Kernel.call(
                    scratch, Syscall.READLINKAT, fd, scratch.path(name), scratch.block(), TARGET_BYTES_MAX + 1);
            int length = (int) check(result, "read link", name);
            if (length > TARGET_BYTES_MAX) {
                throw new PosixException("read link", name, Errno.ENAMETOOLONG);
            }
            return scratch.copyOfBlock(length);
        } finally {
            descriptor.release();
        }
    }

    @Override
    public void createDirectory(byte[] name, int mode) throws PosixException {
        onName(Syscall.MKDIRAT, "make directory", name, mode & FileStat.MODE_MASK, 0, 0);
    }

    @Override
    public void createSymlink(byte[] name, byte[] target) throws PosixException {
        RawName.require("make link", name);
        requireStored("make link", name, target);
        int fd = descriptor.acquire("make link");
        try {
            Scratch scratch = Scratch.get();
            long targetAddress = scratch.secondPath(target);
            check(Kernel.call(scratch, Syscall.SYMLINKAT, targetAddress, fd, scratch.path(name)), "make link", name);
        } finally {
            descriptor.release();
        }
    }

    @Override
    public void createLink(byte[] name, Directory source, byte[] existing) throws PosixException {
        // linkat without AT_SYMLINK_FOLLOW does not follow.
        betweenNames(Syscall.LINKAT, "make hard link", own(source), existing, this, name);
    }

    @Override
    public void createNode(byte[] name, FileType type, int mode, int major, int minor) throws PosixException {
        boolean device = type == FileType.CHARACTER_DEVICE || type == FileType.BLOCK_DEVICE;
        if (!device && type != FileType.FIFO && type != FileType.SOCKET) {
            throw new IllegalArgumentException("type (%s) must be a FIFO, socket or device".formatted(type));
        }
        if (device && (major < 0 || major > 0xFFF || minor < 0 || minor > 0xFFFFF)) {
            // The kernel has 12 bits for the major and 20 for the minor number.
            throw new PosixException("make node", name, Errno.EINVAL);
        }
        long number = device ? (minor & 0xFF) | major << 8 | (long) (minor & ~0xFF) << 12 : 0;
        onName(Syscall.MKNODAT, "make node", name, type.modeBits() | (mode & FileStat.MODE_MASK), number, 0);
    }

    @Override
    public void rename(byte[] name, Directory target, byte[] newName) throws PosixException {
        betweenNames(Syscall.RENAMEAT2, "rename", this, name, own(target), newName);
    }

    @Override
    public void removeFile(byte[] name) throws PosixException {
        onName(Syscall.UNLINKAT, "remove", name, 0, 0, 0);
    }

    @Override
    public void removeDirectory(byte[] name) throws PosixException {
        onName(Syscall.UNLINKAT, "remove directory", name, Kernel.AT_REMOVEDIR, 0, 0);
    }

    /**
     * The kernel's fchmodat follows links and its successor is young (6.6), so as libc does: an O_PATH descriptor pins
     * what the name stands for, and its /proc entry leads exactly there.
     */
    @Override
    public void chmod(byte[] name, int mode) throws PosixException {
        int pinned = openAt("chmod", name, Kernel.O_PATH | Kernel.O_NOFOLLOW | Kernel.O_CLOEXEC, 0);
        Descriptor pin = new Descriptor(pinned);
        try {
            if (NativeStat.ofDescriptor(pinned).type() == FileType.SYMLINK) {
                throw new PosixException("chmod", name, Errno.EOPNOTSUPP);
            }
            Scratch scratch = Scratch.get();
            long path = scratch.path(procPath(pinned, SELF));
            long result = Kernel.call(scratch, Syscall.FCHMODAT, Kernel.AT_FDCWD, path, mode & FileStat.MODE_MASK);
            check(result, "chmod", name);
        } finally {
            pin.close();
        }
    }

    @Override
    public void chown(byte[] name, long uid, long gid) throws PosixException {
        RawName.require("chown", name);
        onName(Syscall.FCHOWNAT, "chown", name, uid, gid, Kernel.AT_SYMLINK_NOFOLLOW);
    }

    @Override
    public void setTimes(byte[] name, long mtimeSeconds, int mtimeNanos) throws PosixException {
        RawName.require("set times of", name);
        int fd = descriptor.acquire("set times of");
        try {
            Scratch scratch = Scratch.get();
            long path = scratch.path(name);
            setTimes(scratch, fd, path, Kernel.AT_SYMLINK_NOFOLLOW, name, mtimeSeconds, mtimeNanos);
        } finally {
            descriptor.release();
        }
    }

    @Override
    public List<byte[]> xattrNames(byte[] name) throws PosixException {
        RawName.require("list attributes of", name);
        int fd = descriptor.acquire("list attributes of");
        try {
            Scratch scratch = Scratch.get();
            return NativeXattrs.names(scratch, Syscall.LLISTXATTR, scratch.path(procPath(fd, name)), name);
        } finally {
            descriptor.release();
        }
    }

    @Override
    public byte @Nullable [] xattr(byte[] name, byte[] attribute) throws PosixException {
        RawName.require("read an attribute of", name);
        int fd = descriptor.acquire("read an attribute of");
        try {
            Scratch scratch = Scratch.get();
            long path = scratch.path(procPath(fd, name));
            return NativeXattrs.value(scratch, Syscall.LGETXATTR, path, name, attribute);
        } finally {
            descriptor.release();
        }
    }

    @Override
    public void setXattr(byte[] name, byte[] attribute, byte[] value) throws PosixException {
        RawName.require("set an attribute of", name);
        int fd = descriptor.acquire("set an attribute of");
        try {
            Scratch scratch = Scratch.get();
            long path = scratch.path(procPath(fd, name));
            NativeXattrs.set(scratch, Syscall.LSETXATTR, path, name, attribute, value);
        } finally {
            descriptor.release();
        }
    }

    @Override
    public void removeXattr(byte[] name, byte[] attribute) throws PosixException {
        RawName.require("remove an attribute of", name);
        int fd = descriptor.acquire("remove an attribute of");
        try {
            Scratch scratch = Scratch.get();
            long path = scratch.path(procPath(fd, name));
            NativeXattrs.remove(scratch, Syscall.LREMOVEXATTR, path, name, attribute);
        } finally {
            descriptor.release();
        }
    }

    private long onName(Syscall call, String operation, byte[] name, long c, long d, long e) throws PosixException {
        RawName.require(operation, name);
        int fd = descriptor.acquire(operation);
        try {
            Scratch scratch = Scratch.get();
            return check(Kernel.call(scratch, call, fd, scratch.path(name), c, d, e), operation, name);
        } finally {
            descriptor.release();
        }
    }

    private static void betweenNames(
            Syscall call, String operation, NativeDirectory from, byte[] name, NativeDirectory to, byte[] newName)
            throws PosixException {
        RawName.require(operation, name);
        RawName.require(operation, newName);
        int fromFd = from.descriptor.acquire(operation);
        try {
            int toFd = to.descriptor.acquire(operation);
            try {
                Scratch scratch = Scratch.get();
                long path = scratch.path(name);
                long result = Kernel.call(scratch, call, fromFd, path, toFd, scratch.secondPath(newName), 0);
                check(result, operation, name);
            } finally {
                to.descriptor.release();
            }
        } finally {
            from.descriptor.release();
        }
    }

    private static NativeDirectory own(Directory directory) {
        if (directory instanceof NativeDirectory own) {
            return own;
        }
        throw new IllegalArgumentException("both folders must come from the same implementation");
    }

    private static byte[] procPath(int fd, byte[] name) {
        byte[] prefix = ("/proc/self/fd/" + fd + (name.length == 0 ? "" : "/")).getBytes(StandardCharsets.US_ASCII);
        byte[] path = Arrays.copyOf(prefix, prefix.length + name.length);
        System.arraycopy(name, 0, path, prefix.length, name.length);
        return path;
    }

    /** What may be stored as a link's target or given as a root's path. */
    private static void requireStored(String operation, byte[] name, byte[] path) throws PosixException {
        if (path.length > TARGET_BYTES_MAX) {
            throw new PosixException(operation, name, Errno.ENAMETOOLONG);
        }
        boolean valid = path.length > 0;
        for (byte b : path) {
            valid &= b != 0;
        }
        if (!valid) {
            throw new PosixException(operation, name, Errno.EINVAL);
        }
    }
}
