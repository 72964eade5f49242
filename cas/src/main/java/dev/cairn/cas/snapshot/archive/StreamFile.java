package dev.cairn.cas.snapshot.archive;

import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.OpenFile;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The content of a member as a file that is read from front to back. What was read of its first bytes is kept, and can be read again;
 * what lies ahead cannot be read before what comes first.
 *
 * <p>Memory: {@value #HEAD_BYTES} bytes at most. For one thread.
 */
final class StreamFile implements OpenFile {

    /** How much of the beginning can be read twice: what a file's likeness to others is found by. */
    static final int HEAD_BYTES = 1 << 20;

    private final InputStream in;
    private final SparseMap map;
    private byte[] head = new byte[8 << 10];
    private int headBytes;

    /** Bytes of the stream that were read, those of the head among them. */
    private long consumed;

    /** @param in gives the bytes of the stretches of {@code map}, one after the other */
    StreamFile(InputStream in, SparseMap map) {
        this.in = in;
        this.map = map;
    }

    @Override
    public int read(long position, byte[] target, int offset, int length) throws IOException {
        if (position >= map.size() && length > 0) {
            return -1;
        }
        int stretch = map.stretchAt(position);
        int done = 0;
        int wanted = (int) Math.min(length, map.size() - position);
        while (done < wanted) {
            long at = position + done;
            boolean hole = stretch == map.stretches() || at < map.start(stretch);
            long end = stretch == map.stretches() ? map.size() : hole ? map.start(stretch) : map.end(stretch);
            int part = (int) Math.min(wanted - done, end - at);
            if (hole) {
                Arrays.fill(target, offset + done, offset + done + part, (byte) 0);
            } else {
                part = readStream(map.dataBefore(stretch) + at - map.start(stretch), target, offset + done, part);
                if (part < 0) {
                    return done == 0 ? -1 : done;
                }
                if (at + part == map.end(stretch)) {
                    stretch++;
                }
            }
            done += part;
        }
        return done;
    }

    /** Reads from a place of the stream; nothing where that lies ahead or was passed over. */
    private int readStream(long from, byte[] target, int offset, int length) throws IOException {
        if (from < headBytes) {
            int part = (int) Math.min(length, headBytes - from);
            System.arraycopy(head, (int) from, target, offset, part);
            return part;
        }
        if (from != consumed) {
            return -1;
        }
        int read = in.readNBytes(target, offset, length);
        if (read < length) {
            throw ArchiveException.damaged("the content of a member ends before its size");
        }
        if (consumed == headBytes && headBytes < HEAD_BYTES) {
            int kept = Math.min(read, HEAD_BYTES - headBytes);
            if (headBytes + kept > head.length) {
                head = Arrays.copyOf(head, Math.min(HEAD_BYTES, Math.max(2 * head.length, headBytes + kept)));
            }
            System.arraycopy(target, offset, head, headBytes, kept);
            headBytes += kept;
        }
        consumed += read;
        return read;
    }

    @Override
    public boolean isRandomAccess() {
        return false;
    }

    @Override
    public long seekData(long position) {
        int stretch = map.stretchAt(position);
        return stretch == map.stretches() ? -1 : Math.max(position, map.start(stretch));
    }

    @Override
    public long seekHole(long position) {
        if (position >= map.size()) {
            return -1;
        }
        int stretch = map.stretchAt(position);
        return stretch == map.stretches() || position < map.start(stretch) ? position : map.end(stretch);
    }

    @Override
    public FileStat stat() {
        throw noFile();
    }

    @Override
    public void write(long position, byte[] source, int offset, int length) {
        throw noFile();
    }

    @Override
    public void truncate(long size) {
        throw noFile();
    }

    @Override
    public void expectSequential() {}

    @Override
    public void dropCache(long position, long length) {}

    @Override
    public void chmod(int mode) {
        throw noFile();
    }

    @Override
    public void chown(long uid, long gid) {
        throw noFile();
    }

    @Override
    public void setTimes(long mtimeSeconds, int mtimeNanos) {
        throw noFile();
    }

    @Override
    public List<byte[]> xattrNames() {
        return List.of();
    }

    @Override
    public byte @Nullable [] xattr(byte[] attribute) {
        return null;
    }

    @Override
    public void setXattr(byte[] attribute, byte[] value) {
        throw noFile();
    }

    @Override
    public void removeXattr(byte[] attribute) {
        throw noFile();
    }

    @Override
    public void sync() {}

    @Override
    public void close() {}

    private static UnsupportedOperationException noFile() {
        return new UnsupportedOperationException("the content of a member is only read");
    }
}
