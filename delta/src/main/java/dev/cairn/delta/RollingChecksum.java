package dev.cairn.delta;

/**
 * A 32-bit checksum of a window of bytes that can be moved along a stream in constant time a byte.
 *
 * <p>It tells likely matches from certain misses and is no protection against anyone: collisions can be made at will. Instances are
 * mutable and not safe for use by several threads at once.
 */
public sealed interface RollingChecksum permits Rollsum, RabinKarp {
    /** Empties the window. */
    void reset();

    /** Appends {@code length} bytes to the window. */
    void append(byte[] bytes, int offset, int length);

    /** Appends one byte to the window. */
    void rollIn(byte in);

    /**
     * Drops the window's first byte, which must be {@code out}.
     *
     * @throws IllegalStateException if the window is empty
     */
    void rollOut(byte out);

    /** Drops the window's first byte, which must be {@code out}, and appends {@code in}; the window keeps its length. */
    void roll(byte out, byte in);

    /** The checksum of the window. */
    int value();

    /** Number of bytes in the window. */
    long length();
}
