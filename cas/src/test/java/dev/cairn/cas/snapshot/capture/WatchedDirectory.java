package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.posix.Capability;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.FileType;
import dev.cairn.cas.posix.Listing;
import dev.cairn.cas.posix.OpenFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A folder that tells a hook what is done with it before it is done; the hook may do something of its own, or fail. */
final class WatchedDirectory implements Directory {

    /** Hears of calls. */
    @FunctionalInterface
    interface Hook {
        /**
         * A call is about to be made.
         *
         * @param operation {@code list}, {@code stat}, {@code openDirectory}, {@code openFile}, {@code readLink}, {@code xattrs}, or
         *     {@code read} and {@code restat} of an open file
         * @param name what it is about; the folder's own name for {@code list}
         */
        void before(String operation, String name) throws IOException;
    }

    private final Directory folder;
    private final String name;
    private final Hook hook;

    WatchedDirectory(Directory folder, String name, Hook hook) {
        this.folder = folder;
        this.name = name;
        this.hook = hook;
    }

    /** Access to the file system that tells {@code hook}. */
    static FileSystemAccess access(Hook hook) {
        return path -> new WatchedDirectory(Directory.open(path), text(path), hook);
    }

    private static String text(byte[] name) {
        return new String(name, StandardCharsets.UTF_8);
    }

    @Override
    public Set<Capability> capabilities() {
        return folder.capabilities();
    }

    @Override
    public Directory openDirectory(byte[] name) throws IOException {
        hook.before("openDirectory", text(name));
        return new WatchedDirectory(folder.openDirectory(name), text(name), hook);
    }

    @Override
    public OpenFile openFile(byte[] name) throws IOException {
        hook.before("openFile", text(name));
        return new WatchedFile(folder.openFile(name), text(name), hook);
    }

    @Override
    public Listing list() throws IOException {
        hook.before("list", name);
        return folder.list();
    }

    @Override
    public void visit(Visitor visitor) throws IOException {
        hook.before("visit", name);
        folder.visit(visitor);
    }

    @Override
    public FileStat stat(byte[] name) throws IOException {
        hook.before("stat", text(name));
        return folder.stat(name);
    }

    @Override
    public @Nullable FileStat statIfPresent(byte[] name) throws IOException {
        return folder.statIfPresent(name);
    }

    @Override
    public byte[] readLink(byte[] name) throws IOException {
        hook.before("readLink", text(name));
        return folder.readLink(name);
    }

    @Override
    public List<byte[]> xattrNames(byte[] name) throws IOException {
        hook.before("xattrs", text(name));
        return folder.xattrNames(name);
    }

    @Override
    public byte @Nullable [] xattr(byte[] name, byte[] attribute) throws IOException {
        return folder.xattr(name, attribute);
    }

    @Override
    public FileStat stat() throws IOException {
        return folder.stat();
    }

    @Override
    public List<byte[]> xattrNames() throws IOException {
        return folder.xattrNames();
    }

    @Override
    public byte @Nullable [] xattr(byte[] attribute) throws IOException {
        return folder.xattr(attribute);
    }

    @Override
    public void close() throws IOException {
        folder.close();
    }

    @Override
    public OpenFile createFile(byte[] name, int mode) {
        throw changed();
    }

    @Override
    public void createDirectory(byte[] name, int mode) {
        throw changed();
    }

    @Override
    public void createSymlink(byte[] name, byte[] target) {
        throw changed();
    }

    @Override
    public void createLink(byte[] name, Directory source, byte[] existing) {
        throw changed();
    }

    @Override
    public void createNode(byte[] name, FileType type, int mode, int major, int minor) {
        throw changed();
    }

    @Override
    public void rename(byte[] name, Directory target, byte[] newName) {
        throw changed();
    }

    @Override
    public void removeFile(byte[] name) {
        throw changed();
    }

    @Override
    public void removeDirectory(byte[] name) {
        throw changed();
    }

    @Override
    public void chmod(byte[] name, int mode) {
        throw changed();
    }

    @Override
    public void chown(byte[] name, long uid, long gid) {
        throw changed();
    }

    @Override
    public void setTimes(byte[] name, long mtimeSeconds, int mtimeNanos) {
        throw changed();
    }

    @Override
    public void setXattr(byte[] name, byte[] attribute, byte[] value) {
        throw changed();
    }

    @Override
    public void removeXattr(byte[] name, byte[] attribute) {
        throw changed();
    }

    @Override
    public void chmod(int mode) {
        throw changed();
    }

    @Override
    public void chown(long uid, long gid) {
        throw changed();
    }

    @Override
    public void setTimes(long mtimeSeconds, int mtimeNanos) {
        throw changed();
    }

    @Override
    public void setXattr(byte[] attribute, byte[] value) {
        throw changed();
    }

    @Override
    public void removeXattr(byte[] attribute) {
        throw changed();
    }

    @Override
    public void sync() {
        throw changed();
    }

    static AssertionError changed() {
        return new AssertionError("a capture changes nothing in what it captures");
    }
}
