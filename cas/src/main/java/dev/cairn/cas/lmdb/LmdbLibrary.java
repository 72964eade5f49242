package dev.cairn.cas.lmdb;

/** LMDB itself, which is native code. */
public final class LmdbLibrary {

    private LmdbLibrary() {}

    /**
     * Loads it, which the first opening would do: some 80 ms in a fresh JVM, and nothing afterwards. From any thread.
     *
     * @throws LinkageError if it cannot be loaded
     */
    public static void load() {
        Environment.loadLibrary();
    }
}
