package dev.cairn.chunker;

import java.io.IOException;

/** Where a {@link Chunker} reads from; {@code inputStream::read} is one. */
@FunctionalInterface
public interface ByteSource {
    /**
     * Reads at least one byte and at most {@code length} into {@code buffer} from {@code offset} on, as {@link
     * java.io.InputStream#read(byte[], int, int)} does.
     *
     * @return the number of bytes read, or -1 at the end of the input
     */
    int read(byte[] buffer, int offset, int length) throws IOException;
}
