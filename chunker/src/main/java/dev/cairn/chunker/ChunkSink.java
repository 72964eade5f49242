package dev.cairn.chunker;

import java.io.IOException;

/** What takes the chunks of a stream, in order. */
@FunctionalInterface
public interface ChunkSink {
    /**
     * Takes one chunk. Its bytes are valid until this method returns: the buffer is then reused.
     *
     * @throws IOException to stop the chunking; the caller of the chunker gets it as it is
     */
    void accept(ChunkSlice chunk) throws IOException;
}
