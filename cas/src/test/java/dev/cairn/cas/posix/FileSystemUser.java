package dev.cairn.cas.posix;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;

/**
 * File system calls of this process as another user. To the kernel, the ids that count for files are a thread's own, and one
 * that is not the superuser's takes the rights over files with it. Takes root.
 */
public final class FileSystemUser {
    /** A user without any rights, in nearly every system. */
    public static final int NOBODY = 65534;

    private static final int SETFSUID = Kernel.AARCH64 ? 151 : 122;
    private static final int SETFSGID = Kernel.AARCH64 ? 152 : 123;

    private FileSystemUser() {}

    /** A call. */
    @FunctionalInterface
    public interface Call<T> {
        T run() throws IOException;
    }

    /** Skips the test where calls cannot be made as another user. */
    public static void assumeAvailable() {
        DirectoryFixture.assumeRoot();
        assumeTrue(Kernel.isAvailable(), "no native calls on this machine");
    }

    /** Makes a call as {@link #NOBODY}. */
    public static <T> T asNobody(Call<T> call) throws IOException {
        become(NOBODY);
        try {
            return call.run();
        } finally {
            become(0);
        }
    }

    private static void become(int id) {
        Scratch scratch = Scratch.get();
        if (id == 0) {
            set(scratch, SETFSUID, id);
            set(scratch, SETFSGID, id);
        } else {
            set(scratch, SETFSGID, id);
            set(scratch, SETFSUID, id);
        }
    }

    /** The calls tell the id before and never fail: only a second one tells whether the first did anything. */
    private static void set(Scratch scratch, int call, int id) {
        Kernel.callOnce(scratch, call, id, 0, 0, 0, 0);
        long now = Kernel.callOnce(scratch, call, -1, 0, 0, 0, 0);
        if (now != id) {
            throw new IllegalStateException("the thread's id is %d, not %d".formatted(now, id));
        }
    }
}
