package dev.cairn.cas.lmdb;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that is read by position, in pieces. Reading by plain I/O cannot kill the process, whatever the file's length. */
final class PageFile implements AutoCloseable {

    private final Path path;
    private final FileChannel channel;

    PageFile(Path path) throws IOException {
        this.path = path;
        this.channel = FileChannel.open(path, StandardOpenOption.READ);
    }

    Path path() {
        return path;
    }

    long bytes() throws IOException {
        return channel.size();
    }

    /** Reads exactly {@code length} bytes. */
    byte[] read(long position, int length) throws IOException {
        byte[] bytes = new byte[length];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new EOFException(path + " ends before byte " + (position + length));
            }
        }
        return bytes;
    }

    /** Reads {@code length} bytes; those after the end of the file are zeros. */
    byte[] readPadded(long position, int length) throws IOException {
        byte[] bytes = new byte[length];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining() && channel.read(buffer, position + buffer.position()) >= 0) {
            // Until the file ends or the buffer is full.
        }
        return bytes;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
