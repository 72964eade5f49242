package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.OpenFile;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An open file of a restore's target: see {@link WatchedTarget}. */
final class WatchedTargetFile implements OpenFile {

    private final OpenFile file;
    private final String self;
    private final WatchedTarget.Hook hook;

    WatchedTargetFile(OpenFile file, String self, WatchedTarget.Hook hook) {
        this.file = file;
        this.self = self;
        this.hook = hook;
    }

    @Override
    public int read(long position, byte[] target, int offset, int length) throws IOException {
        return hook.around("read", self, () -> file.read(position, target, offset, length));
    }

    @Override
    public void write(long position, byte[] source, int offset, int length) throws IOException {
        hook.does("write", self, () -> file.write(position, source, offset, length));
    }

    @Override
    public long seekData(long position) throws IOException {
        return hook.around("seekData", self, () -> file.seekData(position));
    }

    @Override
    public long seekHole(long position) throws IOException {
        return hook.around("seekHole", self, () -> file.seekHole(position));
    }

    @Override
    public void truncate(long size) throws IOException {
        hook.does("truncate", self, () -> file.truncate(size));
    }

    @Override
    public FileStat stat() throws IOException {
        return hook.around("stat", self, () -> file.stat());
    }

    @Override
    public void chmod(int mode) throws IOException {
        hook.does("chmod", self, () -> file.chmod(mode));
    }

    @Override
    public void chown(long uid, long gid) throws IOException {
        hook.does("chown", self, () -> file.chown(uid, gid));
    }

    @Override
    public void setTimes(long mtimeSeconds, int mtimeNanos) throws IOException {
        hook.does("setTimes", self, () -> file.setTimes(mtimeSeconds, mtimeNanos));
    }

    @Override
    public List<byte[]> xattrNames() throws IOException {
        return hook.around("xattrNames", self, () -> file.xattrNames());
    }

    @Override
    public byte @Nullable [] xattr(byte[] attribute) throws IOException {
        return hook.around("xattr", self, () -> Optional.ofNullable(file.xattr(attribute)))
                .orElse(null);
    }

    @Override
    public void setXattr(byte[] attribute, byte[] value) throws IOException {
        hook.does("setXattr", self, () -> file.setXattr(attribute, value));
    }

    @Override
    public void removeXattr(byte[] attribute) throws IOException {
        hook.does("removeXattr", self, () -> file.removeXattr(attribute));
    }

    @Override
    public void sync() throws IOException {
        hook.does("sync", self, () -> file.sync());
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
    public void close() throws IOException {
        file.close();
    }
}
