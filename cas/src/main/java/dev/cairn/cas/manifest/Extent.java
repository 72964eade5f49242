package dev.cairn.cas.manifest;

/** A stretch of a file as it is read back. */
public sealed interface Extent {

    /** Where it begins in the file. */
    long offset();

    /** Its length, in bytes, at least 1. */
    long length();

    /**
     * Bytes. The array may be handed out again for a chunk that repeats: do not change it.
     *
     * @param start the first byte in {@code bytes} that belongs to it; all that follow do
     */
    record Data(long offset, byte[] bytes, int start) implements Extent {
        @Override
        public long length() {
            return (long) bytes.length - start;
        }
    }

    /** Zeros that take no space. */
    record Hole(long offset, long length) implements Extent {}
}
