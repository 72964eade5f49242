package dev.cairn.cas.posix;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * An open file on a descriptor. Bytes pass through the thread's transfer block (256 KiB) and are copied: copying runs
 * at memory speed, and the call may block on the disk, which a call on a pinned heap array must not.
 */
final class NativeFile extends NativeHandle implements OpenFile {
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;
    private static final int ADVISE_SEQUENTIAL = 2;
    private static final int ADVISE_DONT_NEED = 4;

    NativeFile(int descriptor) {
        super(descriptor);
    }

    @Override
    public int read(long position, byte[] target, int offset, int length) throws PosixException {
        Objects.checkFromIndexSize(offset, length, target.length);
        int fd = descriptor.acquire("read");
        try {
            Scratch scratch = Scratch.get();
            MemorySegment room = scratch.transfer();
            int done = 0;
            while (done < length) {
                int wanted = Math.min(length - done, Scratch.TRANSFER_BYTES);
                long got = check(
                        Kernel.call(scratch, Syscall.PREAD64, fd, room.address(), wanted, position + done),
                        "read",
                        SELF);
                if (got == 0) {
                    return done == 0 ? -1 : done;
                }
                MemorySegment.copy(room, ValueLayout.JAVA_BYTE, 0, target, offset + done, (int) got);
                done += (int) got;
            }
            return done;
        } finally {
            descriptor.release();
        }
    }

    @Override
    public void write(long position, byte[] source, int offset, int length) throws PosixException {
        Objects.checkFromIndexSize(offset, length, source.length);
        int fd = descriptor.acquire("write");
        try {
            Scratch scratch = Scratch.get();
            MemorySegment room = scratch.transfer();
            int done = 0;
            while (done < length) {
                int wanted = Math.min(length - done, Scratch.TRANSFER_BYTES);
                MemorySegment.copy(source, offset + done, room, ValueLayout.JAVA_BYTE, 0, wanted);
                long put = check(
                        Kernel.call(scratch, Syscall.PWRITE64, fd, room.address(), wanted, position + done),
                        "write",
                        SELF);
                if (put == 0) {
                    // Writing nothing for ever: no file system should, and no loop may.
                    throw new PosixException("write", SELF, Errno.EIO);
                }
                done += (int) put;
            }
        } finally {
            descriptor.release();
        }
    }

    @Override
    public long seekData(long position) throws PosixException {
        return seek(position, SEEK_DATA);
    }

    @Override
    public long seekHole(long position) throws PosixException {
        return seek(position, SEEK_HOLE);
    }

    private long seek(long position, int whence) throws PosixException {
        int fd = descriptor.acquire("seek");
        try {
            long result = Kernel.call(Scratch.get(), Syscall.LSEEK, fd, position, whence);
            return result == -Errno.ENXIO.code() ? -1 : check(result, "seek", SELF);
        } finally {
            descriptor.release();
        }
    }

    @Override
    public void truncate(long size) throws PosixException {
        int fd = descriptor.acquire("truncate");
        try {
            check(Kernel.call(Scratch.get(), Syscall.FTRUNCATE, fd, size), "truncate", SELF);
        } finally {
            descriptor.release();
        }
    }

    @Override
    public void expectSequential() {
        advise(0, 0, ADVISE_SEQUENTIAL);
    }

    @Override
    public void dropCache(long position, long length) {
        advise(position, length, ADVISE_DONT_NEED);
    }

    private void advise(long position, long length, int advice) {
        try {
            int fd = descriptor.acquire("advise");
            try {
                Kernel.call(Scratch.get(), Syscall.FADVISE64, fd, position, length, advice);
            } finally {
                descriptor.release();
            }
        } catch (PosixException closed) {
            // Advice on a closed file is moot.
        }
    }
}
