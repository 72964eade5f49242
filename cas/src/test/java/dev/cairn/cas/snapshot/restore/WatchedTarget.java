package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.posix.Capability;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.FileType;
import dev.cairn.cas.posix.Listing;
import dev.cairn.cas.posix.OpenFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A folder of a restore's target that lets a hook stand around everything that is done with it. */
final class WatchedTarget implements Directory {

    /** A call of the file system. */
    @FunctionalInterface
    interface Call<T> {
        T run() throws IOException;
    }

    /** A call that gives nothing. */
    @FunctionalInterface
    interface Deed {
        void run() throws IOException;
    }

    /** Stands around calls: may do something before and after, or fail. */
    interface Hook {
        /**
         * Makes {@code call}.
         *
         * @param operation the method's name
         * @param name what it is about: the new name of a renaming, the own name of an open folder or file
         */
        <T> T around(String operation, String name, Call<T> call) throws IOException;

        /** Makes a call that gives nothing. */
        default void does(String operation, String name, Deed deed) throws IOException {
            around(operation, name, () -> {
                deed.run();
                return true;
            });
        }

        /** A hook that only hears of a call before it is made, and may fail. */
        static Hook before(Before before) {
            return new Hook() {
                @Override
                public <T> T around(String operation, String name, Call<T> call) throws IOException {
                    before.before(operation, name);
                    return call.run();
                }
            };
        }
    }

    /** Hears of calls before they are made. */
    @FunctionalInterface
    interface Before {
        void before(String operation, String name) throws IOException;
    }

    private final Directory folder;
    private final String self;
    private final Hook hook;

    private WatchedTarget(Directory folder, String self, Hook hook) {
        this.folder = folder;
        this.self = self;
        this.hook = hook;
    }

    /** Access to the file system with {@code hook} around everything but the opening of what a person named. */
    static TargetAccess access(Hook hook) {
        return path -> new WatchedTarget(Directory.open(path), text(path), hook);
    }

    /** Access to the file system that tells {@code before}. */
    static TargetAccess access(Before before) {
        return access(Hook.before(before));
    }

    private static String text(byte[] name) {
        return new String(name, StandardCharsets.UTF_8);
    }

    private static Directory unwatched(Directory directory) {
        return directory instanceof WatchedTarget watched ? watched.folder : directory;
    }

    @Override
    public Set<Capability> capabilities() {
        return folder.capabilities();
    }

    @Override
    public Directory openDirectory(byte[] name) throws IOException {
        Directory opened = hook.around("openDirectory", text(name), () -> folder.openDirectory(name));
        return new WatchedTarget(opened, text(name), hook);
    }

    @Override
    public OpenFile openFile(byte[] name) throws IOException {
        OpenFile opened = hook.around("openFile", text(name), () -> folder.openFile(name));
        return new WatchedTargetFile(opened, text(name), hook);
    }

    @Override
    public OpenFile createFile(byte[] name, int mode) throws IOException {
        OpenFile opened = hook.around("createFile", text(name), () -> folder.createFile(name, mode));
        return new WatchedTargetFile(opened, text(name), hook);
    }

    @Override
    public Listing list() throws IOException {
        return hook.around("list", self, () -> folder.list());
    }

    @Override
    public void visit(Visitor visitor) throws IOException {
        hook.does("visit", self, () -> folder.visit(visitor));
    }

    @Override
    public FileStat stat(byte[] name) throws IOException {
        return hook.around("stat", text(name), () -> folder.stat(name));
    }

    @Override
    public @Nullable FileStat statIfPresent(byte[] name) throws IOException {
        return hook.around("stat", text(name), () -> Optional.ofNullable(folder.statIfPresent(name)))
                .orElse(null);
    }

    @Override
    public byte[] readLink(byte[] name) throws IOException {
        return hook.around("readLink", text(name), () -> folder.readLink(name));
    }

    @Override
    public void createDirectory(byte[] name, int mode) throws IOException {
        hook.does("createDirectory", text(name), () -> folder.createDirectory(name, mode));
    }

    @Override
    public void createSymlink(byte[] name, byte[] target) throws IOException {
        hook.does("createSymlink", text(name), () -> folder.createSymlink(name, target));
    }

    @Override
    public void createLink(byte[] name, Directory source, byte[] existing) throws IOException {
        hook.does("createLink", text(name), () -> folder.createLink(name, unwatched(source), existing));
    }

    @Override
    public void createNode(byte[] name, FileType type, int mode, int major, int minor) throws IOException {
        hook.does("createNode", text(name), () -> folder.createNode(name, type, mode, major, minor));
    }

    @Override
    public void rename(byte[] name, Directory target, byte[] newName) throws IOException {
        hook.does("rename", text(newName), () -> folder.rename(name, unwatched(target), newName));
    }

    @Override
    public void removeFile(byte[] name) throws IOException {
        hook.does("removeFile", text(name), () -> folder.removeFile(name));
    }

    @Override
    public void removeDirectory(byte[] name) throws IOException {
        hook.does("removeDirectory", text(name), () -> folder.removeDirectory(name));
    }

    @Override
    public void chmod(byte[] name, int mode) throws IOException {
        hook.does("chmod", text(name), () -> folder.chmod(name, mode));
    }

    @Override
    public void chown(byte[] name, long uid, long gid) throws IOException {
        hook.does("chown", text(name), () -> folder.chown(name, uid, gid));
    }

    @Override
    public void setTimes(byte[] name, long mtimeSeconds, int mtimeNanos) throws IOException {
        hook.does("setTimes", text(name), () -> folder.setTimes(name, mtimeSeconds, mtimeNanos));
    }

    @Override
    public List<byte[]> xattrNames(byte[] name) throws IOException {
        return hook.around("xattrNames", text(name), () -> folder.xattrNames(name));
    }

    @Override
    public byte @Nullable [] xattr(byte[] name, byte[] attribute) throws IOException {
        return hook.around("xattr", text(name), () -> Optional.ofNullable(folder.xattr(name, attribute)))
                .orElse(null);
    }

    @Override
    public void setXattr(byte[] name, byte[] attribute, byte[] value) throws IOException {
        hook.does("setXattr", text(name), () -> folder.setXattr(name, attribute, value));
    }

    @Override
    public void removeXattr(byte[] name, byte[] attribute) throws IOException {
        hook.does("removeXattr", text(name), () -> folder.removeXattr(name, attribute));
    }

    @Override
    public FileStat stat() throws IOException {
        return hook.around("stat", self, () -> folder.stat());
    }

    @Override
    public void chmod(int mode) throws IOException {
        hook.does("chmod", self, () -> folder.chmod(mode));
    }

    @Override
    public void chown(long uid, long gid) throws IOException {
        hook.does("chown", self, () -> folder.chown(uid, gid));
    }

    @Override
    public void setTimes(long mtimeSeconds, int mtimeNanos) throws IOException {
        hook.does("setTimes", self, () -> folder.setTimes(mtimeSeconds, mtimeNanos));
    }

    @Override
    public List<byte[]> xattrNames() throws IOException {
        return hook.around("xattrNames", self, () -> folder.xattrNames());
    }

    @Override
    public byte @Nullable [] xattr(byte[] attribute) throws IOException {
        return hook.around("xattr", self, () -> Optional.ofNullable(folder.xattr(attribute)))
                .orElse(null);
    }

    @Override
    public void setXattr(byte[] attribute, byte[] value) throws IOException {
        hook.does("setXattr", self, () -> folder.setXattr(attribute, value));
    }

    @Override
    public void removeXattr(byte[] attribute) throws IOException {
        hook.does("removeXattr", self, () -> folder.removeXattr(attribute));
    }

    @Override
    public void sync() throws IOException {
        hook.does("sync", self, () -> folder.sync());
    }

    @Override
    public void close() throws IOException {
        folder.close();
    }
}
