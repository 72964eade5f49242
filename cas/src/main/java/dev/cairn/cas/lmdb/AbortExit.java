package dev.cairn.cas.lmdb;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.Library;
import com.kenai.jffi.MemoryIO;
import com.kenai.jffi.PageManager;
import com.kenai.jffi.Platform;
import com.kenai.jffi.Type;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The end of a process whose native code died: one sentence on stderr and an exit code, instead of a signal.
 *
 * <p>LMDB works on mapped files. What it finds there after a disk has lied can make it call {@code abort()} or touch a page
 * that the file does not have; then the JVM, too, ends in {@code abort()}, and a parent sees the signal SIGABRT. The
 * process that calls {@link #install} ends with an exit code of its choice instead.
 *
 * <p><b>How.</b> A handler of SIGABRT can only be a native function, and the JVM that it runs in is broken. So it is a page of
 * a few machine instructions, which know neither Java nor libc: {@code write(2, sentence)}, {@code exit_group(code)}. The
 * instructions are written here for x86-64 and AArch64 under Linux; elsewhere {@code install} does nothing and says so.
 * It uses the native calls that lmdbjava has loaded anyway (about 1 ms; the JDK's own would take 150).
 *
 * <p><b>Not covered.</b> A signal that the JVM does not turn into {@code abort()}: SIGKILL, and SIGSEGV on a thread whose
 * stack is gone. Whoever sends SIGABRT to the process gets the sentence too. The JVM's own report is written, or not, as its
 * flags say, before the handler runs.
 */
public final class AbortExit {
    private static final int SIGABRT = 6;
    private static final int STDERR = 2;
    private static final int EXIT_CODE_MAX = 255;
    private static final int SENTENCE_BYTES_MAX = 2048;

    private AbortExit() {}

    /**
     * From now on an {@code abort()} of this process writes {@code sentence} and a line end to stderr and exits with
     * {@code exitCode}. A second call replaces the first. One page of memory is kept for the life of the process.
     *
     * @param exitCode 1 to 255
     * @param sentence what to tell, at most 2 KiB in UTF-8
     * @return false where this machine is none of the known ones or allows no such page: then nothing has changed
     */
    public static boolean install(int exitCode, String sentence) {
        byte[] text = (sentence + "\n").getBytes(StandardCharsets.UTF_8);
        if (exitCode < 1 || exitCode > EXIT_CODE_MAX || text.length > SENTENCE_BYTES_MAX) {
            throw new IllegalArgumentException("exit code %d must be 1 to %d, the sentence's %d bytes at most %d"
                    .formatted(exitCode, EXIT_CODE_MAX, text.length, SENTENCE_BYTES_MAX));
        }
        Platform platform = Platform.getPlatform();
        if (platform.getOS() != Platform.OS.LINUX) {
            return false;
        }
        return instructions(platform.getCPU(), exitCode, text)
                .map(AbortExit::handleWith)
                .orElse(false);
    }

    private static boolean handleWith(byte[] instructions) {
        PageManager pages = PageManager.getInstance();
        long page = pages.allocatePages(1, PageManager.PROT_READ | PageManager.PROT_WRITE);
        if (page == 0 || page == -1) {
            return false;
        }
        MemoryIO.getInstance().putByteArray(page, instructions, 0, instructions.length);
        pages.protectPages(page, 1, PageManager.PROT_READ | PageManager.PROT_EXEC);
        long signal = Library.getDefault().getSymbolAddress("signal");
        if (signal == 0) {
            return false;
        }
        CallContext shape = CallContext.getCallContext(
                Type.POINTER, new Type[] {Type.SINT32, Type.POINTER}, CallingConvention.DEFAULT, false);
        return Invoker.getInstance().invokeN2(shape, signal, SIGABRT, page) != -1;
    }

    /** The handler's bytes, the sentence at their end; empty for a processor that is not known. */
    static Optional<byte[]> instructions(Platform.CPU processor, int exitCode, byte[] sentence) {
        return switch (processor) {
            case X86_64 -> Optional.of(x86(exitCode, sentence));
            case AARCH64 -> Optional.of(arm(exitCode, sentence));
            default -> Optional.empty();
        };
    }

    private static byte[] x86(int exitCode, byte[] sentence) {
        ByteBuffer code = ByteBuffer.allocate(36 + sentence.length).order(ByteOrder.LITTLE_ENDIAN);
        code.put((byte) 0xbf).putInt(STDERR); // mov edi, 2
        code.put((byte) 0x48).put((byte) 0x8d).put((byte) 0x35).putInt(36 - 12); // lea rsi, [rip + 24]: the sentence
        code.put((byte) 0xba).putInt(sentence.length); // mov edx, length
        code.put((byte) 0xb8).putInt(1); // mov eax, 1: write
        code.put((byte) 0x0f).put((byte) 0x05); // syscall
        code.put((byte) 0xbf).putInt(exitCode); // mov edi, code
        code.put((byte) 0xb8).putInt(231); // mov eax, 231: exit_group
        code.put((byte) 0x0f).put((byte) 0x05); // syscall
        return code.put(sentence).array();
    }

    private static byte[] arm(int exitCode, byte[] sentence) {
        ByteBuffer code = ByteBuffer.allocate(32 + sentence.length).order(ByteOrder.LITTLE_ENDIAN);
        code.putInt(movz(0, STDERR)); // x0
        code.putInt(0x10000000 | (7 << 5) | 1); // adr x1, the sentence: 7 words on
        code.putInt(movz(2, sentence.length)); // x2
        code.putInt(movz(8, 64)); // write
        code.putInt(0xd4000001); // svc #0
        code.putInt(movz(0, exitCode)); // x0
        code.putInt(movz(8, 94)); // exit_group
        code.putInt(0xd4000001); // svc #0
        return code.put(sentence).array();
    }

    /** {@code movz xREGISTER, #value}, for values of up to 16 bits. */
    private static int movz(int register, int value) {
        return 0xd2800000 | (value << 5) | register;
    }
}
