package dev.cairn.cas.posix;

/** The calls of the system that this package makes by itself. */
public final class SystemCalls {

    private SystemCalls() {}

    /**
     * Links them, which the first opening of a folder would do: some 40 ms in a fresh JVM, and nothing afterwards. From any thread.
     *
     * @return whether they work on this machine and JVM; else the JDK's own are used, which can do less
     */
    public static boolean load() {
        return Kernel.isAvailable();
    }
}
