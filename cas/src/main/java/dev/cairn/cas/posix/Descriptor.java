package dev.cairn.cas.posix;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A file descriptor that counts the calls under way on it. Numbers are used again at once by whoever opens next, so
 * closing one under a running call would let that call read or write another file: the last user closes instead.
 */
final class Descriptor {
    private static final int CLOSED = 1 << 31;
    private static final byte[] NO_NAME = {};

    private final int number;
    /** Calls under way, and {@link #CLOSED} once no more may start. */
    private final AtomicInteger users = new AtomicInteger();

    Descriptor(int number) {
        this.number = number;
    }

    /** The number, safe to use until {@link #release()}; EBADF after {@link #close()}. */
    int acquire(String operation) throws PosixException {
        int before;
        do {
            before = users.get();
            if (before < 0) {
                throw new PosixException(operation, NO_NAME, Errno.EBADF);
            }
        } while (!users.compareAndSet(before, before + 1));
        return number;
    }

    /** Ends what {@link #acquire} began. */
    void release() {
        if (users.decrementAndGet() == CLOSED) {
            // The one who called close() is gone: what this close reports can reach nobody.
            closeNumber();
        }
    }

    /** Lets no further call start. Reports what the operating system says when no call was under way. */
    void close() throws PosixException {
        int before = users.getAndUpdate(value -> value | CLOSED);
        if (before == 0) {
            long result = closeNumber();
            // An interrupted close has closed (Linux): calling again could close another's descriptor.
            if (Errno.isError(result) && result != -Errno.EINTR.code()) {
                throw new PosixException("close", NO_NAME, (int) -result);
            }
        }
    }

    private long closeNumber() {
        return Kernel.callOnce(Scratch.get(), Syscall.CLOSE.number(Kernel.AARCH64), number, 0, 0, 0, 0);
    }
}
