package dev.cairn.cas.posix;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The stand-in on {@code java.nio} for systems where the native calls cannot be had.
 *
 * <p><b>What is lost.</b> Opening, creating, removing and renaming are relative to the open folder where the JDK offers
 * {@link SecureDirectoryStream} (Unix); everything else, and everything elsewhere, goes by path with links at its end
 * not followed, so that a component swapped at the right moment can lead outside. Times before 1970 with a fraction of a
 * second are refused by the JDK (EINVAL). Holes are not seen and everything
 * reads as data. Of extended attributes only {@code user.*} of files and folders with names in UTF-8. No set-id and
 * sticky bits (such a mode fails), no FIFOs, sockets or devices, no hard links without following on some systems, times
 * of symbolic links only where the JDK can, access times change on reading. Without the JDK's {@code unix} view also no
 * inodes, owners and modes. Every lack is an {@link Errno#EOPNOTSUPP} or a missing {@link Capability}.
 */
final class PlainDirectory implements Directory {
    private static final boolean UNIX = File.separatorChar == '/';
    private static final boolean LINUX =
            System.getProperty("os.name", "").toLowerCase(Locale.ROOT).equals("linux");
    private static final byte[] SELF = {};
    private static final Path HERE = Path.of(".");

    private final Path path;
    /** Null where this system has none. */
    private final @Nullable SecureDirectoryStream<Path> secure;

    private final DirectoryStream<Path> stream;
    private final AtomicBoolean closed = new AtomicBoolean();

    private PlainDirectory(Path path, DirectoryStream<Path> stream) {
        this.path = path;
        this.stream = stream;
        this.secure = stream instanceof SecureDirectoryStream<Path> offered ? offered : null;
    }

    static PlainDirectory open(byte[] path) throws PosixException {
        return open(PlainName.pathOf("open", path));
    }

    @SuppressWarnings("StreamResourceLeak") // The result owns it.
    static PlainDirectory open(Path path) throws PosixException {
        return PlainError.mapped("open", PlainName.bytesOf(path), () -> {
            Path real = path.toRealPath();
            return new PlainDirectory(real, Files.newDirectoryStream(real));
        });
    }

    @Override
    public Set<Capability> capabilities() {
        EnumSet<Capability> all = EnumSet.noneOf(Capability.class);
        if (LINUX) {
            all.add(Capability.RAW_NAMES);
        }
        if (UNIX) {
            all.add(Capability.DIRECTORY_SYNC);
        }
        if (PlainAttributes.hasUnixView(path)) {
            all.add(Capability.INODES);
            all.add(Capability.OWNERS_AND_MODES);
        }
        return all;
    }

    @Override
    @SuppressWarnings("StreamResourceLeak") // The result owns it.
    public Directory openDirectory(byte[] name) throws PosixException {
        Path relative = relative("open", name);
        return PlainError.mapped("open", name, () -> {
            Path child = path.resolve(relative);
            FileType type = PlainAttributes.stat(child).type();
            if (type != FileType.DIRECTORY) {
                throw new PosixException("open", name, type == FileType.SYMLINK ? Errno.ELOOP : Errno.ENOTDIR);
            }
            DirectoryStream<Path> opened = secure != null
                    ? secure.newDirectoryStream(relative, LinkOption.NOFOLLOW_LINKS)
                    : Files.newDirectoryStream(child);
            return new PlainDirectory(child, opened);
        });
    }

    @Override
    public OpenFile openFile(byte[] name) throws PosixException {
        Path relative = relative("open", name);
        return PlainError.mapped("open", name, () -> {
            FileType type = PlainAttributes.stat(path.resolve(relative)).type();
            if (type != FileType.REGULAR) {
                // java.nio cannot open without waiting: a FIFO would block for ever.
                throw new PosixException("open", name, type == FileType.SYMLINK ? Errno.ELOOP : Errno.EOPNOTSUPP);
            }
            return file(name, relative, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        });
    }

    @Override
    public OpenFile createFile(byte[] name, int mode) throws PosixException {
        Path relative = relative("create", name);
        Set<OpenOption> options = Set.of(
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.CREATE_NEW,
                LinkOption.NOFOLLOW_LINKS);
        return PlainError.mapped("create", name, () -> file(name, relative, options, attributes(mode)));
    }

    private PlainFile file(byte[] name, Path relative, Set<OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        SeekableByteChannel channel = secure != null
                ? secure.newByteChannel(relative, options, attributes)
                : Files.newByteChannel(path.resolve(relative), options, attributes);
        if (channel instanceof FileChannel file) {
            return new PlainFile(file, this, name);
        }
        channel.close();
        throw new PosixException("open", name, Errno.EOPNOTSUPP);
    }

    @Override
    public Listing list() throws IOException {
        Listing.Collector collector = new Listing.Collector();
        visit(collector);
        return collector.sorted();
    }

    @Override
    public void visit(Visitor visitor) throws IOException {
        requireOpen("list", SELF);
        try (DirectoryStream<Path> entries = reopened()) {
            for (Path entry : entries) {
                visitor.name(PlainName.nameOf(entry), FileType.UNKNOWN);
            }
        } catch (DirectoryIteratorException e) {
            @Nullable IOException cause = e.getCause();
            Errno errno = cause != null ? PlainError.errnoOf(cause) : Errno.EIO;
            throw new PosixException("list", "", errno.code(), e);
        }
    }

    /** A stream can be walked only once, so each listing takes a new one on the same folder. */
    @SuppressWarnings("StreamResourceLeak") // The caller closes it.
    private DirectoryStream<Path> reopened() throws PosixException {
        return PlainError.mapped("list", SELF, () -> {
            if (secure != null) {
                return secure.newDirectoryStream(HERE, LinkOption.NOFOLLOW_LINKS);
            }
            return Files.newDirectoryStream(path);
        });
    }

    @Override
    public FileStat stat() throws PosixException {
        requireOpen("stat", SELF);
        return PlainError.mapped("stat", SELF, () -> PlainAttributes.stat(path));
    }

    @Override
    public FileStat stat(byte[] name) throws PosixException {
        return PlainError.mapped("stat", name, () -> PlainAttributes.stat(resolve("stat", name)));
    }

    @Override
    public @Nullable FileStat statIfPresent(byte[] name) throws PosixException {
        try {
            return stat(name);
        } catch (PosixException e) {
            if (e.errno() == Errno.ENOENT) {
                return null;
            }
            throw e;
        }
    }

    @Override
    public byte[] readLink(byte[] name) throws PosixException {
        return PlainError.mapped("read link", name, () -> {
            Path target = Files.readSymbolicLink(resolve("read link", name));
            return PlainName.targetBytes(target);
        });
    }

    @Override
    public void createDirectory(byte[] name, int mode) throws PosixException {
        PlainError.mapped(
                "make directory", name, () -> Files.createDirectory(resolve("make directory", name), attributes(mode)));
    }

    @Override
    public void createSymlink(byte[] name, byte[] target) throws PosixException {
        PlainError.mapped(
                "make link",
                name,
                () -> Files.createSymbolicLink(resolve("make link", name), PlainName.target("make link", target)));
    }

    @Override
    public void createLink(byte[] name, Directory source, byte[] existing) throws PosixException {
        PlainDirectory from = own(source);
        PlainError.mapped(
                "make hard link",
                name,
                () -> Files.createLink(resolve("make hard link", name), from.resolve("make hard link", existing)));
    }

    @Override
    public void createNode(byte[] name, FileType type, int mode, int major, int minor) throws PosixException {
        relative("make node", name);
        throw new PosixException("make node", name, Errno.EOPNOTSUPP);
    }

    @Override
    public void rename(byte[] name, Directory target, byte[] newName) throws PosixException {
        PlainDirectory to = own(target);
        Path from = relative("rename", name);
        Path toRelative = to.relative("rename", newName);
        PlainError.mapped("rename", name, () -> {
            if (secure != null && to.secure != null) {
                secure.move(from, to.secure, toRelative);
            } else {
                Files.move(
                        path.resolve(from),
                        to.path.resolve(toRelative),
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            }
            return true;
        });
    }

    @Override
    public void removeFile(byte[] name) throws PosixException {
        Path relative = relative("remove", name);
        PlainError.mapped("remove", name, () -> {
            if (secure != null) {
                secure.deleteFile(relative);
                return true;
            }
            if (PlainAttributes.stat(path.resolve(relative)).type() == FileType.DIRECTORY) {
                throw new PosixException("remove", name, Errno.EISDIR);
            }
            Files.delete(path.resolve(relative));
            return true;
        });
    }

    @Override
    public void removeDirectory(byte[] name) throws PosixException {
        Path relative = relative("remove directory", name);
        PlainError.mapped("remove directory", name, () -> {
            if (secure != null) {
                secure.deleteDirectory(relative);
                return true;
            }
            if (PlainAttributes.stat(path.resolve(relative)).type() != FileType.DIRECTORY) {
                throw new PosixException("remove directory", name, Errno.ENOTDIR);
            }
            Files.delete(path.resolve(relative));
            return true;
        });
    }

    @Override
    public void chmod(int mode) throws PosixException {
        chmodAt(SELF, mode);
    }

    @Override
    public void chmod(byte[] name, int mode) throws PosixException {
        RawName.require("chmod", name);
        chmodAt(name, mode);
    }

    private void chmodAt(byte[] name, int mode) throws PosixException {
        PlainError.mapped("chmod", name, () -> {
            if ((mode & ~0777) != 0 || statAt("chmod", name).type() == FileType.SYMLINK) {
                throw new PosixException("chmod", name, Errno.EOPNOTSUPP);
            }
            view("chmod", name, PosixFileAttributeView.class).setPermissions(PlainAttributes.permissions(mode));
            return true;
        });
    }

    @Override
    public void chown(long uid, long gid) throws PosixException {
        chownAt(SELF, uid, gid);
    }

    @Override
    public void chown(byte[] name, long uid, long gid) throws PosixException {
        RawName.require("chown", name);
        chownAt(name, uid, gid);
    }

    private void chownAt(byte[] name, long uid, long gid) throws PosixException {
        PlainError.mapped("chown", name, () -> {
            Path at = name.length == 0 ? path : resolve("chown", name);
            if (uid != -1) {
                Files.setAttribute(at, "unix:uid", (int) uid, LinkOption.NOFOLLOW_LINKS);
            }
            if (gid != -1) {
                Files.setAttribute(at, "unix:gid", (int) gid, LinkOption.NOFOLLOW_LINKS);
            }
            return true;
        });
    }

    @Override
    public void setTimes(long mtimeSeconds, int mtimeNanos) throws PosixException {
        setTimesAt(SELF, mtimeSeconds, mtimeNanos);
    }

    @Override
    public void setTimes(byte[] name, long mtimeSeconds, int mtimeNanos) throws PosixException {
        RawName.require("set times of", name);
        setTimesAt(name, mtimeSeconds, mtimeNanos);
    }

    private void setTimesAt(byte[] name, long seconds, int nanos) throws PosixException {
        if (nanos < 0 || nanos > FileStat.NANOS_MAX) {
            throw new PosixException("set times of", name, Errno.EINVAL);
        }
        PlainError.mapped("set times of", name, () -> {
            FileTime mtime = FileTime.from(Instant.ofEpochSecond(seconds, nanos));
            view("set times of", name, BasicFileAttributeView.class).setTimes(mtime, null, null);
            return true;
        });
    }

    @Override
    public List<byte[]> xattrNames() throws PosixException {
        requireOpen("list attributes of", SELF);
        return PlainError.mapped("list attributes of", SELF, () -> PlainAttributes.xattrNames(path));
    }

    @Override
    public byte @Nullable [] xattr(byte[] attribute) throws PosixException {
        requireOpen("read an attribute of", SELF);
        return PlainError.mapped(
                        "read an attribute of", SELF, () -> Optional.ofNullable(PlainAttributes.xattr(path, attribute)))
                .orElse(null);
    }

    @Override
    public void setXattr(byte[] attribute, byte[] value) throws PosixException {
        requireOpen("set an attribute of", SELF);
        PlainError.mapped("set an attribute of", SELF, () -> {
            PlainAttributes.setXattr(path, attribute, value);
            return true;
        });
    }

    @Override
    public void removeXattr(byte[] attribute) throws PosixException {
        requireOpen("remove an attribute of", SELF);
        PlainError.mapped("remove an attribute of", SELF, () -> {
            PlainAttributes.removeXattr(path, attribute);
            return true;
        });
    }

    @Override
    public List<byte[]> xattrNames(byte[] name) throws PosixException {
        Path at = resolve("list attributes of", name);
        return PlainError.mapped("list attributes of", name, () -> PlainAttributes.xattrNames(at));
    }

    @Override
    public byte @Nullable [] xattr(byte[] name, byte[] attribute) throws PosixException {
        Path at = resolve("read an attribute of", name);
        return PlainError.mapped(
                        "read an attribute of", name, () -> Optional.ofNullable(PlainAttributes.xattr(at, attribute)))
                .orElse(null);
    }

    @Override
    public void setXattr(byte[] name, byte[] attribute, byte[] value) throws PosixException {
        Path at = resolve("set an attribute of", name);
        PlainError.mapped("set an attribute of", name, () -> {
            PlainAttributes.setXattr(at, attribute, value);
            return true;
        });
    }

    @Override
    public void removeXattr(byte[] name, byte[] attribute) throws PosixException {
        Path at = resolve("remove an attribute of", name);
        PlainError.mapped("remove an attribute of", name, () -> {
            PlainAttributes.removeXattr(at, attribute);
            return true;
        });
    }

    @Override
    public void sync() throws PosixException {
        requireOpen("sync", SELF);
        if (UNIX) {
            PlainError.mapped("sync", SELF, () -> {
                try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                    channel.force(true);
                }
                return true;
            });
        }
    }

    @Override
    public void close() throws IOException {
        if (closed.compareAndSet(false, true)) {
            stream.close();
        }
    }

    private FileStat statAt(String operation, byte[] name) throws IOException {
        return PlainAttributes.stat(name.length == 0 ? path : resolve(operation, name));
    }

    private <V extends BasicFileAttributeView> V view(String operation, byte[] name, Class<V> type)
            throws PosixException {
        Path relative = name.length == 0 ? HERE : relative(operation, name);
        @Nullable
        V view = secure != null
                ? secure.getFileAttributeView(relative, type, LinkOption.NOFOLLOW_LINKS)
                : Files.getFileAttributeView(path.resolve(relative), type, LinkOption.NOFOLLOW_LINKS);
        if (view == null) {
            throw new PosixException(operation, name, Errno.EOPNOTSUPP);
        }
        return view;
    }

    private Path relative(String operation, byte[] name) throws PosixException {
        requireOpen(operation, name);
        return PlainName.relative(operation, name);
    }

    private Path resolve(String operation, byte[] name) throws PosixException {
        return path.resolve(relative(operation, name));
    }

    private void requireOpen(String operation, byte[] name) throws PosixException {
        if (closed.get()) {
            throw new PosixException(operation, name, Errno.EBADF);
        }
    }

    private static FileAttribute<?>[] attributes(int mode) {
        return UNIX
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PlainAttributes.permissions(mode & 0777))
                }
                : new FileAttribute<?>[0];
    }

    private static PlainDirectory own(Directory directory) {
        if (directory instanceof PlainDirectory own) {
            return own;
        }
        throw new IllegalArgumentException("both folders must come from the same implementation");
    }
}
