package dev.cairn.cas.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelTest {
    /** Numbers of calls that only this test makes: x86-64, aarch64. */
    private static final int EVENTFD2 = Kernel.AARCH64 ? 19 : 290;

    private static final int PPOLL = Kernel.AARCH64 ? 73 : 271;
    private static final int GETTID = Kernel.AARCH64 ? 178 : 186;
    private static final int TGKILL = Kernel.AARCH64 ? 131 : 234;
    private static final int SIGWINCH = 28;
    private static final int POLLIN = 1;

    @TempDir
    Path temp;

    @BeforeEach
    void nativeCallsAreThere() {
        assumeTrue(Kernel.isAvailable(), "no native calls on this machine");
    }

    /** poll is never restarted by the kernel: without a loop of our own a signal would end it with EINTR. */
    @Test
    void call_interruptedBySignals_goesOn() throws Exception {
        AtomicInteger handled = new AtomicInteger();
        handleSignal("WINCH", handled::incrementAndGet);
        Scratch here = Scratch.get();
        int event = (int) Kernel.callOnce(here, EVENTFD2, 0, 0, 0, 0, 0);
        assertThat(event).isNotNegative();
        Descriptor closer = new Descriptor(event);
        AtomicLong thread = new AtomicLong();
        CountDownLatch ready = new CountDownLatch(1);
        try (ExecutorService executor = Executors.newSingleThreadExecutor();
                Arena arena = Arena.ofShared()) {
            MemorySegment poll = arena.allocate(8, 8);
            poll.set(ValueLayout.JAVA_INT, 0, event);
            poll.set(ValueLayout.JAVA_SHORT, 4, (short) POLLIN);
            Future<Long> polled = executor.submit(() -> {
                Scratch scratch = Scratch.get();
                thread.set(Kernel.callOnce(scratch, GETTID, 0, 0, 0, 0, 0));
                ready.countDown();
                return Kernel.call(scratch, PPOLL, poll.address(), 1, 0, 0, 0);
            });
            ready.await();
            long process = ProcessHandle.current().pid();
            for (int sent = 0; sent < 20; sent++) {
                int before = handled.get();
                assertThat(Kernel.callOnce(here, TGKILL, process, thread.get(), SIGWINCH, 0, 0))
                        .isZero();
                while (handled.get() == before) {
                    Thread.onSpinWait();
                }
            }
            try (Arena one = Arena.ofConfined()) {
                MemorySegment value = one.allocate(8, 8);
                value.set(ValueLayout.JAVA_LONG, 0, 1);
                int write = Kernel.AARCH64 ? 64 : 1;
                assertThat(Kernel.callOnce(here, write, event, value.address(), 8, 0, 0))
                        .isEqualTo(8);
            }
            assertThat(polled.get()).isEqualTo(1);
        } finally {
            closer.close();
        }
    }

    /** By reflection, since the compiler warns of {@code sun.misc.Signal} and no warning is let through. */
    private static void handleSignal(String name, Runnable action) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Object proxy =
                Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, (self, method, args) -> {
                    action.run();
                    return null;
                });
        signal.getMethod("handle", signal, handler)
                .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
    }

    @Test
    void close_underARunningCall_waitsForIt() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "content");
        Scratch scratch = Scratch.get();
        long path = scratch.path(PlainName.bytesOf(file));
        int number = (int) Kernel.call(scratch, Syscall.OPENAT, Kernel.AT_FDCWD, path, Kernel.O_CLOEXEC);
        FileStat before = NativeStat.ofDescriptor(number);
        Descriptor descriptor = new Descriptor(number);

        assertThat(descriptor.acquire("a")).isEqualTo(number);
        assertThat(descriptor.acquire("b")).isEqualTo(number);
        descriptor.close();
        descriptor.close();
        DirectoryFixture.assertErrno(() -> descriptor.acquire("c"), Errno.EBADF);
        descriptor.release();
        assertThat(NativeStat.ofDescriptor(number).sameFile(before)).isTrue();
        descriptor.release();
        try {
            // Whoever opened something meanwhile may have been given the number.
            assertThat(NativeStat.ofDescriptor(number).sameFile(before)).isFalse();
        } catch (PosixException e) {
            assertThat(e.errno()).isEqualTo(Errno.EBADF);
        }
    }

    @Test
    void close_whileOthersRead_neverAnothersBytes() throws Exception {
        byte[] mine = new byte[4096];
        byte[] theirs = new byte[4096];
        java.util.Arrays.fill(mine, (byte) 'm');
        java.util.Arrays.fill(theirs, (byte) 't');
        Files.write(temp.resolve("mine"), mine);
        Files.write(temp.resolve("theirs"), theirs);
        try (Directory root = Directory.open(temp);
                ExecutorService executor = Executors.newFixedThreadPool(2)) {
            for (int round = 0; round < 300; round++) {
                OpenFile file = root.openFile(RawName.of("mine"));
                Future<Boolean> reader = executor.submit(() -> {
                    byte[] got = new byte[4096];
                    try {
                        while (true) {
                            if (file.read(0, got, 0, got.length) != got.length || got[0] != 'm' || got[4095] != 'm') {
                                return false;
                            }
                        }
                    } catch (PosixException e) {
                        return e.errno() == Errno.EBADF;
                    }
                });
                file.close();
                // Takes the number as soon as it is free.
                try (OpenFile other = root.openFile(RawName.of("theirs"))) {
                    assertThat(reader.get()).isTrue();
                    assertThat(other.stat().size()).isEqualTo(4096);
                }
            }
        }
    }

    @Test
    void syscalls_numbers_areDistinct() {
        for (boolean aarch64 : new boolean[] {false, true}) {
            assertThat(java.util.Arrays.stream(Syscall.values()).map(call -> call.number(aarch64)))
                    .doesNotHaveDuplicates();
        }
    }
}
