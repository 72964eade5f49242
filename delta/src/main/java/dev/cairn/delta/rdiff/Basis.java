package dev.cairn.delta.rdiff;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** The old file that a patch copies from, read at any position. */
public interface Basis {
    /** Length in bytes. */
    long length() throws IOException;

    /**
     * Reads {@code length} bytes from {@code position} on.
     *
     * @throws EOFException if there are fewer
     */
    void readFully(long position, byte[] target, int offset, int length) throws IOException;

    /** The bytes of an array. */
    static Basis of(byte[] bytes) {
        return new Basis() {
            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public void readFully(long position, byte[] target, int offset, int length) throws IOException {
                if (position < 0 || position > bytes.length - length) {
                    throw new EOFException("no %d bytes at %d of %d".formatted(length, position, bytes.length));
                }
                System.arraycopy(bytes, (int) position, target, offset, length);
            }
        };
    }

    /** The bytes of a file, which stays open and keeps its position. */
    static Basis of(FileChannel file) {
        return new Basis() {
            @Override
            public long length() throws IOException {
                return file.size();
            }

            @Override
            public void readFully(long position, byte[] target, int offset, int length) throws IOException {
                ByteBuffer window = ByteBuffer.wrap(target, offset, length);
                while (window.hasRemaining()) {
                    int read = file.read(window, position + length - window.remaining());
                    if (read < 0) {
                        throw new EOFException("no %d bytes at %d of the basis".formatted(length, position));
                    }
                }
            }
        };
    }
}
