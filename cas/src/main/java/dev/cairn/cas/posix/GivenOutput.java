package dev.cairn.cas.posix;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * A file descriptor that whoever started this process gave it, for writing from front to back: a pipe, a socket, a file.
 *
 * <p>It is a duplicate, close-on-exec, so that nothing else that uses the number later is written to. A write waits as long as the other
 * side makes it wait, also where the descriptor does not block. Not thread-safe.
 */
public final class GivenOutput implements AutoCloseable {

    private static final byte[] NO_NAME = {};
    private static final int F_GETFL = 3;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int ACCESS_MODE = 3;

    /** Below are the standard ones. */
    private static final int DUPLICATE_MIN = 3;

    private static final int RETRY_MILLIS = 20;

    private final @Nullable Descriptor descriptor;
    private final @Nullable OutputStream stream;

    private GivenOutput(@Nullable Descriptor descriptor, @Nullable OutputStream stream) {
        this.descriptor = descriptor;
        this.stream = stream;
    }

    /**
     * Takes a descriptor over.
     *
     * @throws IOException if it is not open, or not for writing
     */
    public static GivenOutput open(int number) throws IOException {
        if (!Kernel.isAvailable()) {
            return new GivenOutput(null, new FileOutputStream("/dev/fd/" + number, true));
        }
        Scratch scratch = Scratch.get();
        long flags = Kernel.call(scratch, Syscall.FCNTL, number, F_GETFL);
        if (Errno.isError(flags)) {
            throw new PosixException("fcntl", NO_NAME, (int) -flags);
        }
        if ((flags & ACCESS_MODE) == 0) {
            throw new PosixException("fcntl", NO_NAME, Errno.EBADF);
        }
        long duplicate = Kernel.call(scratch, Syscall.FCNTL, number, F_DUPFD_CLOEXEC, DUPLICATE_MIN);
        if (Errno.isError(duplicate)) {
            throw new PosixException("fcntl", NO_NAME, (int) -duplicate);
        }
        return new GivenOutput(new Descriptor((int) duplicate), null);
    }

    /** Writes all of {@code bytes}; waits where there is no room. */
    public void write(byte[] bytes) throws IOException {
        if (stream != null) {
            stream.write(bytes);
        }
        if (descriptor == null) {
            return;
        }
        int number = descriptor.acquire("write");
        try {
            Scratch scratch = Scratch.get();
            MemorySegment room = scratch.transfer();
            int done = 0;
            while (done < bytes.length) {
                int wanted = Math.min(bytes.length - done, Scratch.TRANSFER_BYTES);
                MemorySegment.copy(bytes, done, room, ValueLayout.JAVA_BYTE, 0, wanted);
                long put = Kernel.call(scratch, Syscall.WRITE, number, room.address(), wanted);
                if (put == -Errno.EAGAIN.code()) {
                    pause();
                } else if (Errno.isError(put)) {
                    throw new PosixException("write", NO_NAME, (int) -put);
                } else {
                    done += (int) put;
                }
            }
        } finally {
            descriptor.release();
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(RETRY_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Idempotent; closes the duplicate alone. */
    @Override
    public void close() throws IOException {
        if (stream != null) {
            stream.close();
        }
        if (descriptor != null) {
            descriptor.close();
        }
    }
}
