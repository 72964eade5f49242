package dev.cairn.chunker;

/**
 * A rule that says where the next chunk ends. Implementations are immutable and may be shared between threads.
 */
public sealed interface Cutter permits GearCutter, FastCdcCutter {
    /** Answer of {@link #cut} where the window is too short to say: no chunk is empty, so no length is 0. */
    int NEED_MORE = 0;

    /**
     * The length of the chunk that starts at {@code from}.
     *
     * <p>The answer depends on the bytes of the chunk alone, so a longer window never changes it. With {@link #bytesMax()} bytes or more in
     * the window, or at the end of the input, it is never {@link #NEED_MORE}. Cost: one pass over the bytes between the minimum and the
     * cut; allocates a copy of the table at most.
     *
     * @param data holds the window {@code from..to}; not written to
     * @param atEnd whether the input ends at {@code to}
     * @return the length, from 1 to {@link #bytesMax()}, or {@link #NEED_MORE}
     * @throws IndexOutOfBoundsException if the window is empty or outside {@code data}
     */
    int cut(byte[] data, int from, int to, boolean atEnd);

    /** The longest chunk this rule makes, in bytes. */
    int bytesMax();

    /** A whole file of up to this many bytes is one chunk and is not cut. */
    int wholeFileBytesMax();
}
