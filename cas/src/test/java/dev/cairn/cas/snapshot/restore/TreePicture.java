package dev.cairn.cas.snapshot.restore;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.FileType;
import dev.cairn.cas.posix.Handle;
import dev.cairn.cas.posix.Listing;
import dev.cairn.cas.posix.OpenFile;
import dev.cairn.cas.posix.RawName;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that a folder is, as far as a snapshot keeps it: for each path in it a line that says type, mode, owner, time, content,
 * where its data lies between holes, link target, device, extended attributes, and the first path of its group of links.
 * Nothing is followed, and no path is too deep.
 */
final class TreePicture {

    private static final int BUFFER_BYTES = 64 << 10;

    private final SortedMap<String, String> lines = new TreeMap<>();
    private final SortedMap<String, FileStat> stats = new TreeMap<>();
    private final Map<String, String> firstNames = new HashMap<>();

    /** The picture of a folder, its own attributes under {@code .}. */
    static TreePicture of(Path folder) throws IOException {
        TreePicture picture = new TreePicture();
        try (Directory directory = Directory.open(folder)) {
            picture.add(".", directory.stat(), attributes(directory));
            picture.visit(directory, "");
        }
        return picture;
    }

    /** What is there, by path: for comparing with another. */
    SortedMap<String, String> lines() {
        return lines;
    }

    /** What is at one path. */
    String line(String path) {
        return at(path, lines);
    }

    /** Inodes and times of change, by path: equal before and after whatever did not touch anything. */
    SortedMap<String, String> identities() {
        SortedMap<String, String> identities = new TreeMap<>();
        stats.forEach((path, stat) -> identities.put(
                path, "inode %d ctime %d.%09d".formatted(stat.inode(), stat.ctimeSeconds(), stat.ctimeNanos())));
        return identities;
    }

    /** The stat of one path. */
    FileStat stat(String path) {
        return at(path, stats);
    }

    private static <T> T at(String path, Map<String, T> all) {
        T found = all.get(path);
        if (found == null) {
            throw new AssertionError("nothing at '%s' among %s".formatted(path, all.keySet()));
        }
        return found;
    }

    private void visit(Directory directory, String prefix) throws IOException {
        Listing listing = directory.list();
        for (int i = 0; i < listing.size(); i++) {
            byte[] name = listing.name(i);
            String path = prefix + RawName.display(name);
            FileStat stat = directory.stat(name);
            if (stat.type() == FileType.DIRECTORY) {
                try (Directory child = directory.openDirectory(name)) {
                    add(path, stat, attributes(child));
                    visit(child, path + "/");
                }
            } else {
                add(path, stat, special(directory, name, stat) + link(path, stat) + attributes(directory, name));
            }
        }
    }

    private void add(String path, FileStat stat, String more) {
        stats.put(path, stat);
        lines.put(
                path,
                "%s %04o %d:%d %d.%09d%s"
                        .formatted(
                                stat.type(),
                                stat.mode(),
                                stat.uid(),
                                stat.gid(),
                                stat.mtimeSeconds(),
                                stat.mtimeNanos(),
                                more));
    }

    private String link(String path, FileStat stat) {
        if (stat.links() == 1) {
            return "";
        }
        String first = firstNames.computeIfAbsent(stat.device() + ":" + stat.inode(), _ -> path);
        return " linked to " + first;
    }

    private static String special(Directory directory, byte[] name, FileStat stat) throws IOException {
        return switch (stat.type()) {
            case REGULAR -> content(directory, name, stat);
            case SYMLINK -> " -> " + RawName.display(directory.readLink(name));
            case CHARACTER_DEVICE, BLOCK_DEVICE -> " device " + stat.deviceMajor() + ":" + stat.deviceMinor();
            case FIFO, SOCKET, UNKNOWN, DIRECTORY -> "";
        };
    }

    /** Size, where data lies, and a digest of the data. */
    private static String content(Directory directory, byte[] name, FileStat stat) throws IOException {
        StringBuilder line = new StringBuilder(" %d bytes".formatted(stat.size()));
        MessageDigest digest = sha256();
        byte[] buffer = new byte[BUFFER_BYTES];
        try (OpenFile file = directory.openFile(name)) {
            long position = file.seekData(0);
            while (position >= 0 && position < stat.size()) {
                long end = Math.min(file.seekHole(position), stat.size());
                line.append(" data %d-%d".formatted(position, end));
                while (position < end) {
                    int read = file.read(position, buffer, 0, (int) Math.min(buffer.length, end - position));
                    digest.update(buffer, 0, read);
                    position += read;
                }
                position = end < stat.size() ? file.seekData(end) : end;
            }
        }
        return line.append(" sha256 ")
                .append(HexFormat.of().formatHex(digest.digest(), 0, 8))
                .toString();
    }

    private static String attributes(Handle handle) throws IOException {
        StringBuilder line = new StringBuilder();
        for (byte[] name : sorted(handle.xattrNames())) {
            append(line, name, Objects.requireNonNull(handle.xattr(name)));
        }
        return line.toString();
    }

    private static String attributes(Directory directory, byte[] file) throws IOException {
        StringBuilder line = new StringBuilder();
        for (byte[] name : sorted(directory.xattrNames(file))) {
            append(line, name, Objects.requireNonNull(directory.xattr(file, name)));
        }
        return line.toString();
    }

    private static void append(StringBuilder line, byte[] name, byte[] value) {
        line.append(
                " %s=%s".formatted(new String(name, UTF_8), HexFormat.of().formatHex(sha256().digest(value), 0, 8)));
    }

    private static List<byte[]> sorted(List<byte[]> names) {
        return names.stream().sorted(Arrays::compareUnsigned).toList();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
