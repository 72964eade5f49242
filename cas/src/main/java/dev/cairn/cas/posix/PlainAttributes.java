package dev.cairn.cas.posix;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Metadata by {@code java.nio}, by path, never of what a symbolic link points at. */
final class PlainAttributes {
    private static final int SECTOR_BYTES = 512;
    private static final String USER = "user.";

    private PlainAttributes() {}

    static boolean hasUnixView(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("unix");
    }

    static FileStat stat(Path path) throws IOException {
        return hasUnixView(path) ? unixStat(path) : basicStat(path);
    }

    private static FileStat unixStat(Path path) throws IOException {
        Map<String, Object> all = Files.readAttributes(path, "unix:*", LinkOption.NOFOLLOW_LINKS);
        int mode = (int) number(all, "mode");
        FileType type = FileType.ofMode(mode);
        boolean device = type == FileType.CHARACTER_DEVICE || type == FileType.BLOCK_DEVICE;
        long rdev = device ? number(all, "rdev") : 0;
        long dev = number(all, "dev");
        long size = number(all, "size");
        Instant mtime = time(all, "lastModifiedTime");
        Instant ctime = time(all, "ctime");
        return new FileStat(
                type,
                (long) major(dev) << 32 | minor(dev),
                number(all, "ino"),
                mode & FileStat.MODE_MASK,
                number(all, "nlink"),
                number(all, "uid") & 0xFFFF_FFFFL,
                number(all, "gid") & 0xFFFF_FFFFL,
                major(rdev),
                minor(rdev),
                size,
                blocks(size),
                mtime.getEpochSecond(),
                mtime.getNano(),
                ctime.getEpochSecond(),
                ctime.getNano());
    }

    private static FileStat basicStat(Path path) throws IOException {
        BasicFileAttributes basic = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        FileType type;
        if (basic.isSymbolicLink()) {
            type = FileType.SYMLINK;
        } else if (basic.isDirectory()) {
            type = FileType.DIRECTORY;
        } else {
            type = basic.isRegularFile() ? FileType.REGULAR : FileType.UNKNOWN;
        }
        Instant mtime = basic.lastModifiedTime().toInstant();
        int mode = type == FileType.DIRECTORY ? 0755 : 0644;
        long seconds = mtime.getEpochSecond();
        int nanos = mtime.getNano();
        long size = basic.size();
        return new FileStat(type, 0, 0, mode, 1, 0, 0, 0, 0, size, blocks(size), seconds, nanos, seconds, nanos);
    }

    /** {@code java.nio} does not tell what is allocated: as if there were no holes. */
    private static long blocks(long size) {
        return (size + SECTOR_BYTES - 1) / SECTOR_BYTES;
    }

    private static long number(Map<String, Object> all, String key) throws IOException {
        if (all.get(key) instanceof Number number) {
            return number.longValue();
        }
        throw new IOException("the file system gives no " + key);
    }

    private static Instant time(Map<String, Object> all, String key) throws IOException {
        if (all.get(key) instanceof FileTime time) {
            return time.toInstant();
        }
        throw new IOException("the file system gives no " + key);
    }

    /** As glibc packs device numbers: 12 low bits of the major from bit 8, 8 low bits of the minor from bit 0. */
    private static int major(long device) {
        return (int) ((device >>> 8 & 0xFFF) | (device >>> 32 & ~0xFFFL));
    }

    private static int minor(long device) {
        return (int) ((device & 0xFF) | (device >>> 12 & ~0xFFL));
    }

    /** The nine permission bits as {@code java.nio} has them; it knows no set-id and sticky bits. */
    static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] all = PosixFilePermission.values();
        for (int bit = 0; bit < all.length; bit++) {
            if ((mode & 0400 >> bit) != 0) {
                permissions.add(all[bit]);
            }
        }
        return permissions;
    }

    static List<byte[]> xattrNames(Path path) throws IOException {
        UserDefinedFileAttributeView view = userView(path);
        if (view == null) {
            return List.of();
        }
        List<byte[]> names = new ArrayList<>();
        for (String name : view.list()) {
            names.add(RawName.of(USER + name));
        }
        return List.copyOf(names);
    }

    static byte @Nullable [] xattr(Path path, byte[] attribute) throws IOException {
        UserDefinedFileAttributeView view = userView(path);
        String name = userName(attribute);
        if (view == null || name == null || !view.list().contains(name)) {
            return null;
        }
        ByteBuffer value = ByteBuffer.allocate(view.size(name));
        view.read(name, value);
        byte[] bytes = new byte[value.flip().remaining()];
        value.get(bytes);
        return bytes;
    }

    static void setXattr(Path path, byte[] attribute, byte[] value) throws IOException {
        UserDefinedFileAttributeView view = userView(path);
        String name = userName(attribute);
        if (view == null || name == null) {
            throw new UnsupportedOperationException("only user attributes of files and folders");
        }
        view.write(name, ByteBuffer.wrap(value));
    }

    static void removeXattr(Path path, byte[] attribute) throws IOException {
        UserDefinedFileAttributeView view = userView(path);
        String name = userName(attribute);
        if (view != null && name != null && view.list().contains(name)) {
            view.delete(name);
        }
    }

    /** Null for what can have none: symbolic links and special files, or a file system without attributes. */
    private static @Nullable UserDefinedFileAttributeView userView(Path path) throws IOException {
        FileType type = stat(path).type();
        if (type != FileType.REGULAR && type != FileType.DIRECTORY) {
            return null;
        }
        return Files.getFileAttributeView(path, UserDefinedFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static @Nullable String userName(byte[] attribute) {
        String name = RawName.decode(attribute);
        return name != null && name.startsWith(USER) && name.length() > USER.length()
                ? name.substring(USER.length())
                : null;
    }
}
