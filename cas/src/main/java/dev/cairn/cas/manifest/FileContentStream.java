package dev.cairn.cas.manifest;

import dev.cairn.cas.ObjectSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one file of a snapshot, as a stream; holes are zeros. Every chunk is verified before a byte of it is given out. Holds
 * one chunk; {@link #skip} passes over chunks without reading them.
 *
 * <p>Damage is a {@link dev.cairn.cas.CorruptDataException} out of the call that meets it, not an {@link IOException}: nothing
 * that was read before is wrong, and nothing after it comes. Closing holds nothing back and frees nothing: the source stays open.
 *
 * <p>Not for use by several threads.
 */
public final class FileContentStream extends InputStream {

    /** What a hole is written from. */
    private static final byte[] ZEROS = new byte[64 << 10];

    private final long size;
    private final LongFunction<FileContentReader> opener;
    private FileContentReader extents;

    /** Where the next byte stands in the file. */
    private long position;

    private @Nullable Extent extent;
    private byte @Nullable [] single;

    private FileContentStream(long size, LongFunction<FileContentReader> opener) {
        this.size = size;
        this.opener = opener;
        this.extents = opener.apply(0);
    }

    /** The bytes of {@code content}, whose chunks {@code source} reads. */
    public static FileContentStream of(Content content, ObjectSource source) {
        return new FileContentStream(content.size(), start -> FileContentReader.from(start, content, source));
    }

    /**
     * The bytes of the file at {@code path}. A later name of a file with several hard links gives what the first one has. Reads a
     * page a level, and no content yet.
     *
     * @throws NoSuchFileException if there is nothing at {@code path}, or no regular file
     * @throws dev.cairn.cas.CorruptDataException if a page on the way is damaged
     */
    public static FileContentStream open(MerkleMap<Entry> manifest, EntryPath path) throws NoSuchFileException {
        Entry entry = entry(manifest, path);
        EntryPath first = entry.linkedTo();
        Content content =
                first == null ? entry.content() : entry(manifest, first).content();
        if (content == null) {
            throw new NoSuchFileException(path.toString(), null, "it is no regular file");
        }
        return of(content, manifest.source());
    }

    private static Entry entry(MerkleMap<Entry> manifest, EntryPath path) throws NoSuchFileException {
        return manifest.get(path)
                .orElseThrow(() -> new NoSuchFileException(path.toString(), null, "the snapshot has nothing there"));
    }

    /** The length of the file, in bytes. */
    public long size() {
        return size;
    }

    @Override
    public int read() {
        byte[] one = single;
        if (one == null) {
            one = new byte[1];
            single = one;
        }
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        Extent current = current();
        if (current == null) {
            return -1;
        }
        long passed = position - current.offset();
        int count = (int) Math.min(length, current.length() - passed);
        switch (current) {
            case Extent.Data data -> System.arraycopy(data.bytes(), data.start() + (int) passed, target, offset, count);
            case Extent.Hole _ -> Arrays.fill(target, offset, offset + count, (byte) 0);
        }
        position += count;
        return count;
    }

    /** Writes what is left, extent by extent, without a copy of it. */
    @Override
    public long transferTo(OutputStream out) throws IOException {
        long start = position;
        for (Extent current = current(); current != null; current = current()) {
            long passed = position - current.offset();
            int count = switch (current) {
                case Extent.Data data -> {
                    int from = data.start() + (int) passed;
                    out.write(data.bytes(), from, data.bytes().length - from);
                    yield data.bytes().length - from;
                }
                case Extent.Hole hole -> {
                    int zeros = (int) Math.min(ZEROS.length, hole.length() - passed);
                    out.write(ZEROS, 0, zeros);
                    yield zeros;
                }
            };
            position += count;
        }
        return position - start;
    }

    /** Goes on {@code count} bytes later, or at the end; chunks between are not read. */
    @Override
    public long skip(long count) {
        long skipped = Math.clamp(count, 0, size - position);
        if (skipped > 0) {
            position += skipped;
            if (extent == null || position >= extent.offset() + extent.length()) {
                extent = null;
                extents = opener.apply(position);
            }
        }
        return skipped;
    }

    /** What of the open extent is left: reading so much reads no further chunk. */
    @Override
    public int available() {
        Extent open = extent;
        return open == null ? 0 : (int) Math.min(Integer.MAX_VALUE, open.offset() + open.length() - position);
    }

    /** The extent that the next byte stands in; null at the end. */
    private @Nullable Extent current() {
        Extent open = extent;
        if (open != null && position < open.offset() + open.length()) {
            return open;
        }
        extent = null;
        if (extents.hasNext()) {
            extent = extents.next();
        }
        return extent;
    }
}
