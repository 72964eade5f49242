package dev.cairn.cas.snapshot.capture;

import java.io.IOException;

/** Bytes that come once, from front to back, and of which nobody knows how many there will be: the output of a command. For one thread. */
public interface ContentStream {

    /**
     * Reads at least one byte and at most {@code length} into {@code buffer} from {@code offset} on; waits for it, and stops waiting
     * when the capture is told to stop.
     *
     * @return the number of bytes read, or -1 at the end, however often it is asked
     */
    int read(byte[] buffer, int offset, int length) throws IOException;

    /**
     * The end was read. Throws where what came is not all that there should have been, such as when the command that wrote it has
     * failed: then no snapshot is made of it.
     */
    void finish() throws IOException;
}
