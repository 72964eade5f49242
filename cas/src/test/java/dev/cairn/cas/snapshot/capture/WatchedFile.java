package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.OpenFile;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An open file that tells a hook when it is read and stat'ed: see {@link WatchedDirectory}. */
final class WatchedFile implements OpenFile {
    private final OpenFile file;
    private final String name;
    private final WatchedDirectory.Hook hook;

    WatchedFile(OpenFile file, String name, WatchedDirectory.Hook hook) {
        this.file = file;
        this.name = name;
        this.hook = hook;
    }

    @Override
    public int read(long position, byte[] target, int offset, int length) throws IOException {
        hook.before("read", name);
        return file.read(position, target, offset, length);
    }

    @Override
    public FileStat stat() throws IOException {
        hook.before("restat", name);
        return file.stat();
    }

    @Override
    public long seekData(long position) throws IOException {
        return file.seekData(position);
    }

    @Override
    public long seekHole(long position) throws IOException {
        return file.seekHole(position);
    }

    @Override
    public void expectSequential() {
        file.expectSequential();
    }

    @Override
    public void dropCache(long position, long length) {
        file.dropCache(position, length);
    }

    @Override
    public List<byte[]> xattrNames() throws IOException {
        return file.xattrNames();
    }

    @Override
    public byte @Nullable [] xattr(byte[] attribute) throws IOException {
        return file.xattr(attribute);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    @Override
    public void write(long position, byte[] source, int offset, int length) {
        throw WatchedDirectory.changed();
    }

    @Override
    public void truncate(long size) {
        throw WatchedDirectory.changed();
    }

    @Override
    public void chmod(int mode) {
        throw WatchedDirectory.changed();
    }

    @Override
    public void chown(long uid, long gid) {
        throw WatchedDirectory.changed();
    }

    @Override
    public void setTimes(long mtimeSeconds, int mtimeNanos) {
        throw WatchedDirectory.changed();
    }

    @Override
    public void setXattr(byte[] attribute, byte[] value) {
        throw WatchedDirectory.changed();
    }

    @Override
    public void removeXattr(byte[] attribute) {
        throw WatchedDirectory.changed();
    }

    @Override
    public void sync() {
        throw WatchedDirectory.changed();
    }
}
