package dev.cairn.cas.posix;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Locale;

/**
 * The one door to Linux: libc's {@code syscall}, which takes a number and six words.
 *
 * <p>One function instead of one a call, because linking a call shape costs milliseconds at start and one shape serves
 * all; because the kernel's interface is the same for every libc and version (older ones lack wrappers for statx,
 * getdents64, mknodat); and because its numbers and structs are fixed for ever. Structs used are laid out alike on
 * x86-64 and aarch64. Not linked as critical: any of these calls may block (a network file system, a cold disk), and a
 * critical call that blocks holds up every thread that waits for a safepoint.
 */
final class Kernel {
    static final int AT_FDCWD = -100;
    static final int AT_SYMLINK_NOFOLLOW = 0x100;
    static final int AT_REMOVEDIR = 0x200;
    static final int AT_NO_AUTOMOUNT = 0x800;
    static final int AT_EMPTY_PATH = 0x1000;
    static final int STATX_BASIC_STATS = 0x7FF;

    static final boolean AARCH64 = System.getProperty("os.arch", "").equals("aarch64");

    static final int O_RDWR = 2;
    static final int O_CREAT = 0x40;
    static final int O_EXCL = 0x80;
    static final int O_NOCTTY = 0x100;
    static final int O_NONBLOCK = 0x800;
    static final int O_DIRECTORY = AARCH64 ? 0x4000 : 0x10000;
    static final int O_NOFOLLOW = AARCH64 ? 0x8000 : 0x20000;
    static final int O_NOATIME = 0x40000;
    static final int O_CLOEXEC = 0x80000;
    static final int O_PATH = 0x200000;

    private Kernel() {}

    /** Whether the calls work on this machine and JVM; found out once. */
    static boolean isAvailable() {
        return Probe.AVAILABLE;
    }

    /**
     * Makes a call, again as long as it was interrupted.
     *
     * @return the result, or the negated error number (see {@link Errno#isError})
     */
    static long call(Scratch scratch, Syscall call, long a, long b, long c, long d, long e) {
        return call(scratch, call.number(AARCH64), a, b, c, d, e);
    }

    static long call(Scratch scratch, long number, long a, long b, long c, long d, long e) {
        long result;
        do {
            result = callOnce(scratch, number, a, b, c, d, e);
        } while (result == -Errno.EINTR.code());
        return result;
    }

    static long call(Scratch scratch, Syscall call, long a, long b, long c, long d) {
        return call(scratch, call, a, b, c, d, 0);
    }

    static long call(Scratch scratch, Syscall call, long a, long b, long c) {
        return call(scratch, call, a, b, c, 0, 0);
    }

    static long call(Scratch scratch, Syscall call, long a, long b) {
        return call(scratch, call, a, b, 0, 0, 0);
    }

    /** Without repeating: for close, whose descriptor is gone even when it was interrupted. */
    static long callOnce(Scratch scratch, long number, long a, long b, long c, long d, long e) {
        MemorySegment errno = scratch.errno();
        try {
            long result = (long) Link.SYSCALL.invokeExact(errno, number, a, b, c, d, e);
            return result == -1 ? -(long) (int) Link.ERRNO.get(errno, 0L) : result;
        } catch (RuntimeException | Error unexpected) {
            throw unexpected;
        } catch (Throwable impossible) {
            throw new AssertionError("a native call threw a checked exception", impossible);
        }
    }

    /** Linked on first use: about 40 ms in a fresh JVM. */
    private static final class Link {
        static final StructLayout STATE = Linker.Option.captureStateLayout();
        static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
        static final MethodHandle SYSCALL = link();

        private static MethodHandle link() {
            ValueLayout.OfLong word = ValueLayout.JAVA_LONG;
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("syscall"),
                    FunctionDescriptor.of(word, word, word, word, word, word, word),
                    Linker.Option.firstVariadicArg(1),
                    Linker.Option.captureCallState("errno"));
        }
    }

    private static final class Probe {
        static final boolean AVAILABLE = probe();

        private static boolean probe() {
            String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
            boolean known = System.getProperty("os.arch", "").equals("amd64") || AARCH64;
            if (!os.equals("linux") || !known || ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
                return false;
            }
            try {
                Scratch scratch = Scratch.get();
                long root = scratch.path(new byte[] {'/'});
                return call(scratch, Syscall.STATX, AT_FDCWD, root, 0, STATX_BASIC_STATS, scratch.struct()) == 0;
            } catch (RuntimeException | LinkageError e) {
                // Native access is denied, or this libc has no such function: the plain stand-in does what it can.
                return false;
            }
        }
    }
}
