package dev.cairn.cas.posix;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An open file of {@code java.nio}. Its bytes go through the channel; its metadata goes by name through the folder it
 * was opened in, which must still be open, since a channel offers none. An interrupt of a thread inside a read or write
 * closes it.
 */
final class PlainFile implements OpenFile {
    private static final byte[] SELF = {};

    private final FileChannel channel;
    private final PlainDirectory directory;
    private final byte[] name;

    PlainFile(FileChannel channel, PlainDirectory directory, byte[] name) {
        this.channel = channel;
        this.directory = directory;
        this.name = name.clone();
    }

    @Override
    public int read(long position, byte[] target, int offset, int length) throws IOException {
        ByteBuffer room = ByteBuffer.wrap(target, offset, length);
        return PlainError.mapped("read", SELF, () -> {
            requireNotNegative("read", position);
            while (room.hasRemaining()) {
                int done = room.position() - offset;
                if (channel.read(room, position + done) < 0) {
                    return done == 0 ? -1 : done;
                }
            }
            requireOpen("read");
            return length;
        });
    }

    @Override
    public void write(long position, byte[] source, int offset, int length) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(source, offset, length);
        PlainError.mapped("write", SELF, () -> {
            requireNotNegative("write", position);
            requireOpen("write");
            while (rest.hasRemaining()) {
                channel.write(rest, position + (rest.position() - offset));
            }
            return true;
        });
    }

    @Override
    public long seekData(long position) throws IOException {
        return PlainError.mapped("seek", SELF, () -> position < channel.size() ? position : -1L);
    }

    @Override
    public long seekHole(long position) throws IOException {
        return PlainError.mapped("seek", SELF, () -> position < channel.size() ? channel.size() : -1L);
    }

    @Override
    public void truncate(long size) throws IOException {
        PlainError.mapped("truncate", SELF, () -> {
            requireNotNegative("truncate", size);
            long before = channel.size();
            if (size < before) {
                channel.truncate(size);
            } else if (size > before) {
                // A channel cannot extend by itself; the last byte brings the gap with it.
                channel.write(ByteBuffer.allocate(1), size - 1);
            }
            return true;
        });
    }

    @Override
    public void expectSequential() {
        // java.nio takes no advice.
    }

    @Override
    public void dropCache(long position, long length) {
        // java.nio takes no advice.
    }

    @Override
    public FileStat stat() throws IOException {
        requireOpen("stat");
        return directory.stat(name);
    }

    @Override
    public void chmod(int mode) throws IOException {
        requireOpen("chmod");
        directory.chmod(name, mode);
    }

    @Override
    public void chown(long uid, long gid) throws IOException {
        requireOpen("chown");
        directory.chown(name, uid, gid);
    }

    @Override
    public void setTimes(long mtimeSeconds, int mtimeNanos) throws IOException {
        requireOpen("set times of");
        directory.setTimes(name, mtimeSeconds, mtimeNanos);
    }

    @Override
    public List<byte[]> xattrNames() throws IOException {
        requireOpen("list attributes of");
        return directory.xattrNames(name);
    }

    @Override
    public byte @Nullable [] xattr(byte[] attribute) throws IOException {
        requireOpen("read an attribute of");
        return directory.xattr(name, attribute);
    }

    @Override
    public void setXattr(byte[] attribute, byte[] value) throws IOException {
        requireOpen("set an attribute of");
        directory.setXattr(name, attribute, value);
    }

    @Override
    public void removeXattr(byte[] attribute) throws IOException {
        requireOpen("remove an attribute of");
        directory.removeXattr(name, attribute);
    }

    @Override
    public void sync() throws IOException {
        PlainError.mapped("sync", SELF, () -> {
            channel.force(true);
            return true;
        });
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void requireOpen(String operation) throws PosixException {
        if (!channel.isOpen()) {
            throw new PosixException(operation, SELF, Errno.EBADF);
        }
    }

    private static void requireNotNegative(String operation, long value) throws PosixException {
        if (value < 0) {
            throw new PosixException(operation, SELF, Errno.EINVAL);
        }
    }
}
