package dev.cairn.cas.snapshot.archive;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import org.jspecify.annotations.Nullable;

/** The central directory of a zip archive, read from front to back. Memory: a few buffers. For one thread. */
final class ZipDirectory {

    static final int END = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int COMMENT_BYTES_MAX = 0xFFFF;
    static final int LOCATOR_64 = 0x07064b50;
    private static final int LOCATOR_64_BYTES = 20;
    static final int END_64 = 0x06064b50;
    private static final int END_64_BYTES = 56;
    static final int ENTRY = 0x02014b50;
    private static final int ENTRY_BYTES = 46;
    static final int LOCAL = 0x04034b50;
    private static final int LOCAL_BYTES = 30;

    private final SeekableByteChannel channel;
    private final long end;

    /** What stands before the archive, such as a program that unpacks it. */
    private final long shift;

    private final long count;
    private long position;
    private long seen;

    private ZipDirectory(SeekableByteChannel channel, long position, long end, long shift, long count) {
        this.channel = channel;
        this.position = position;
        this.end = end;
        this.shift = shift;
        this.count = count;
    }

    static ZipDirectory open(SeekableByteChannel channel) throws IOException {
        long size = channel.size();
        int tailBytes = (int) Math.min(size, END_BYTES + COMMENT_BYTES_MAX);
        ByteBuffer tail = read(channel, size - tailBytes, tailBytes);
        for (int i = tailBytes - END_BYTES; i >= 0; i--) {
            if (tail.getInt(i) == END && i + END_BYTES + Short.toUnsignedInt(tail.getShort(i + 20)) <= tailBytes) {
                return ended(channel, tail.slice(i, END_BYTES).order(ByteOrder.LITTLE_ENDIAN), size - tailBytes + i);
            }
        }
        throw ArchiveException.damaged("a zip archive without its list of contents, which stands at its end");
    }

    private static ZipDirectory ended(SeekableByteChannel channel, ByteBuffer end, long at) throws IOException {
        int disk = Short.toUnsignedInt(end.getShort(4));
        long count = Short.toUnsignedInt(end.getShort(10));
        long bytes = Integer.toUnsignedLong(end.getInt(12));
        long offset = Integer.toUnsignedLong(end.getInt(16));
        long directoryEnd = at;
        boolean large = count == 0xFFFF || bytes == ZipEntry.UNSIGNED_INT_MAX || offset == ZipEntry.UNSIGNED_INT_MAX;
        if (large && at >= LOCATOR_64_BYTES + END_64_BYTES) {
            ByteBuffer locator = read(channel, at - LOCATOR_64_BYTES, LOCATOR_64_BYTES);
            if (locator.getInt(0) == LOCATOR_64) {
                long place = locator.getLong(8);
                ByteBuffer end64 = read(channel, place, END_64_BYTES);
                if (end64.getInt(0) != END_64) {
                    throw ArchiveException.damaged("the end of its list of contents is not where it says");
                }
                count = end64.getLong(32);
                bytes = end64.getLong(40);
                offset = end64.getLong(48);
                directoryEnd = place;
            }
        }
        if (disk != 0 && disk != 0xFFFF) {
            throw ArchiveException.unsupported(
                    "the archive is the last of several volumes", "Join them with 'zip -s 0' first.");
        }
        long start = directoryEnd - bytes;
        if (count < 0 || bytes < 0 || start < 0 || offset < 0 || start < offset) {
            throw ArchiveException.damaged("its list of contents begins before it does");
        }
        return new ZipDirectory(channel, start, directoryEnd, start - offset, count);
    }

    /** The next entry, null after the last. */
    @Nullable
    ZipEntry next() throws IOException {
        if (seen == count) {
            if (position != end) {
                throw ArchiveException.damaged("its list of contents is longer than its %,d entries".formatted(count));
            }
            return null;
        }
        if (end - position < ENTRY_BYTES) {
            throw ArchiveException.damaged("its list of contents ends after %,d of %,d entries".formatted(seen, count));
        }
        ByteBuffer fixed = read(channel, position, ENTRY_BYTES);
        int nameBytes = Short.toUnsignedInt(fixed.getShort(28));
        int extraBytes = Short.toUnsignedInt(fixed.getShort(30));
        int commentBytes = Short.toUnsignedInt(fixed.getShort(32));
        if (fixed.getInt(0) != ENTRY || end - position - ENTRY_BYTES < nameBytes + extraBytes + commentBytes) {
            throw ArchiveException.damaged("entry %,d of its list of contents is none".formatted(seen + 1));
        }
        ByteBuffer rest = read(channel, position + ENTRY_BYTES, nameBytes + extraBytes);
        byte[] name = new byte[nameBytes];
        rest.get(name);
        position += ENTRY_BYTES + nameBytes + extraBytes + commentBytes;
        seen++;
        return ZipEntry.parse(fixed, name, rest.slice().order(ByteOrder.LITTLE_ENDIAN));
    }

    /** The bytes of an entry, as they stand there. */
    InputStream data(ZipEntry entry) throws IOException {
        long at = entry.localOffset() + shift;
        if (entry.localOffset() < 0 || at + LOCAL_BYTES > end) {
            throw ArchiveException.damaged(entry.shownName() + " begins beyond the archive's members");
        }
        ByteBuffer local = read(channel, at, LOCAL_BYTES);
        if (local.getInt(0) != LOCAL) {
            throw ArchiveException.damaged("%s does not begin at byte %,d".formatted(entry.shownName(), at));
        }
        long data =
                at + LOCAL_BYTES + Short.toUnsignedInt(local.getShort(26)) + Short.toUnsignedInt(local.getShort(28));
        if (entry.compressedSize() > end - data) {
            throw ArchiveException.damaged(entry.shownName() + " ends beyond the archive's members");
        }
        return new DecodedStream.Source(new Range(channel, data, data + entry.compressedSize()));
    }

    private static ByteBuffer read(SeekableByteChannel channel, long at, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (at < 0 || at > channel.size() - bytes) {
            throw ArchiveException.damaged("it ends before byte %,d".formatted(at));
        }
        channel.position(at);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the archive became shorter while it was read");
            }
        }
        return buffer.flip();
    }

    /** A range of the archive, through a buffer. */
    private static final class Range extends InputStream {
        private final SeekableByteChannel channel;
        private final long end;
        private long position;
        private ByteBuffer buffer = ByteBuffer.allocate(0);

        Range(SeekableByteChannel channel, long position, long end) {
            this.channel = channel;
            this.position = position;
            this.end = end;
        }

        @Override
        public int read() throws IOException {
            return fill() ? buffer.get() & 0xFF : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (!fill()) {
                return -1;
            }
            int part = Math.min(length, buffer.remaining());
            buffer.get(target, offset, part);
            return part;
        }

        private boolean fill() throws IOException {
            if (!buffer.hasRemaining() && position < end) {
                int bytes = (int) Math.min(64 << 10, end - position);
                buffer = ZipDirectory.read(channel, position, bytes);
                position += bytes;
            }
            return buffer.hasRemaining();
        }
    }
}
