package dev.cairn.cas.snapshot.archive;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.seal.Sealer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;

/**
 * Blocks of bytes that are put aside while a command runs, numbered from 0. On the disk they are records as the repository's own,
 * compressed and encrypted, in a file that has no name any more: whatever ends the process, its space is given back and nothing is
 * left to be read.
 *
 * <p>Memory: 12 bytes a block. For one thread.
 */
final class SealedBlocks implements AutoCloseable {

    private final Sealer sealer;
    private final FileChannel channel;
    private long[] positions = new long[64];
    private int[] lengths = new int[64];
    private int count;
    private long end;

    private SealedBlocks(Sealer sealer, FileChannel channel) {
        this.sealer = sealer;
        this.channel = channel;
    }

    /** A file in {@code folder}. */
    static SealedBlocks in(Path folder, Sealer sealer) throws IOException {
        Path file = Files.createTempFile(folder, "import-", ".sealed");
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        Files.delete(file);
        return new SealedBlocks(sealer, channel);
    }

    /** Adds a block of at least one byte and at most the length of the longest chunk; returns its number. */
    int add(byte[] bytes, int offset, int length) throws IOException {
        PlainObject chunk = PlainObject.chunk(Arrays.copyOfRange(bytes, offset, offset + length));
        ObjectId id = sealer.hasher().id(chunk);
        ByteBuffer sealed =
                ByteBuffer.wrap(sealer.sealRun(List.of(id), List.of(chunk)).bytes());
        if (count == positions.length) {
            positions = Arrays.copyOf(positions, 2 * count);
            lengths = Arrays.copyOf(lengths, 2 * count);
        }
        positions[count] = end;
        lengths[count] = sealed.remaining();
        while (sealed.hasRemaining()) {
            end += channel.write(sealed, end);
        }
        return count++;
    }

    /** The bytes of a block, in a new array. */
    byte[] read(int block) throws IOException {
        ByteBuffer sealed = ByteBuffer.allocate(lengths[block]);
        while (sealed.hasRemaining()) {
            if (channel.read(sealed, positions[block] + sealed.position()) < 0) {
                throw new IOException("a temporary file of the import ended early");
            }
        }
        String where = "temporary block " + block;
        return sealer.open(SealedRecord.parse(sealed.array(), where), where)
                .object(0)
                .body();
    }

    /** Number of blocks. */
    int count() {
        return count;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // It has no name: there is nothing to be told of it.
            count = 0;
        }
    }
}
