package dev.cairn.cas.snapshot.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/**
 * A stream that was put aside as a whole, to be read at any place: archives whose list of contents stands at their end. Takes the blocks
 * over. For one thread.
 */
final class SpooledChannel implements SeekableByteChannel {

    private static final int BLOCK_BYTES = 256 << 10;

    private final SealedBlocks blocks;
    private final long size;
    private long position;
    private int cachedBlock = -1;
    private byte[] cached = new byte[0];
    private boolean open = true;

    private SpooledChannel(SealedBlocks blocks, long size) {
        this.blocks = blocks;
        this.size = size;
    }

    /**
     * Puts a stream aside.
     *
     * @param bytesMax the most that is
     * @throws ArchiveException if it is longer
     */
    static SpooledChannel of(InputStream in, SealedBlocks blocks, long bytesMax) throws IOException {
        long size = 0;
        byte[] block = new byte[BLOCK_BYTES];
        for (int read = in.readNBytes(block, 0, BLOCK_BYTES); read > 0; read = in.readNBytes(block, 0, BLOCK_BYTES)) {
            size += read;
            if (size > bytesMax) {
                throw ArchiveException.unsupported(
                        "a zip or 7z archive on a pipe is put aside first, and this one is longer than %,d bytes, half of what is free"
                                .formatted(bytesMax),
                        "Import it from a file.");
            }
            blocks.add(block, 0, read);
        }
        return new SpooledChannel(blocks, size);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (position >= size) {
            return target.hasRemaining() ? -1 : 0;
        }
        int block = (int) (position / BLOCK_BYTES);
        if (block != cachedBlock) {
            cached = blocks.read(block);
            cachedBlock = block;
        }
        int offset = (int) (position % BLOCK_BYTES);
        int read = Math.min(target.remaining(), cached.length - offset);
        target.put(cached, offset, read);
        position += read;
        return read;
    }

    @Override
    public int write(ByteBuffer source) {
        throw new NonWritableChannelException();
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public SeekableByteChannel position(long newPosition) {
        if (newPosition < 0) {
            throw new IllegalArgumentException("position (%d) must not be negative".formatted(newPosition));
        }
        position = newPosition;
        return this;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public SeekableByteChannel truncate(long newSize) {
        throw new NonWritableChannelException();
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        open = false;
        blocks.close();
    }
}
