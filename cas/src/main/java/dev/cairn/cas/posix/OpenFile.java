package dev.cairn.cas.posix;

import java.io.IOException;

/**
 * An open regular file (or FIFO, which {@link #stat()} tells). There is no file pointer: every read and write names its
 * position, so that several threads can use one.
 */
public interface OpenFile extends Handle {
    /**
     * Reads into {@code target} until {@code length} bytes are there or the file ends.
     *
     * @return the number of bytes read, less than {@code length} only at the end; -1 when {@code position} is at or
     *     beyond the end and {@code length} is not 0
     */
    int read(long position, byte[] target, int offset, int length) throws IOException;

    /** Whether reads may name positions in any order, by several threads at once; else they go from front to back. */
    default boolean isRandomAccess() {
        return true;
    }

    /** Writes all of the range, at {@code position}; beyond the end the gap becomes a hole. */
    void write(long position, byte[] source, int offset, int length) throws IOException;

    /** Where data begins at or after {@code position}; -1 when there is only a hole up to the end. */
    long seekData(long position) throws IOException;

    /** Where a hole begins at or after {@code position}, the end of the file being one; -1 beyond the end. */
    long seekHole(long position) throws IOException;

    /** Cuts the file or extends it by a hole. */
    void truncate(long size) throws IOException;

    /** Says that the file will be read from front to back, so that the system reads ahead. Never fails. */
    void expectSequential();

    /** Says that a range will not be read again, so that it need not stay in the page cache. Never fails. */
    void dropCache(long position, long length);
}
