package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.FileType;
import dev.cairn.cas.posix.RawName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A path from the root of the file system, without {@code .}, {@code ..} and doubled slashes. Symbolic links stay as they are,
 * except before a {@code ..}, where only the link's target tells what is meant.
 *
 * @param components the names, from the top; the arrays are not copied
 * @param slashed whether a slash stood at the end: what a link there points at is meant
 */
public record AbsolutePath(List<byte[]> components, boolean slashed) {

    /** As many as Linux follows in one path. */
    private static final int LINKS_MAX = 40;

    public AbsolutePath {
        components = List.copyOf(components);
    }

    /**
     * Normalises a path.
     *
     * @param raw as a person gave it
     * @param workingFolder absolute; what a relative path starts from
     * @throws IOException if a link before a {@code ..} cannot be read
     */
    public static AbsolutePath of(byte[] raw, byte[] workingFolder) throws IOException {
        if (raw.length == 0) {
            throw new IllegalArgumentException("an empty path names nothing");
        }
        Deque<byte[]> rest = new ArrayDeque<>();
        if (raw[0] != '/') {
            split(workingFolder).forEach(rest::addLast);
        }
        split(raw).forEach(rest::addLast);
        List<byte[]> done = new ArrayList<>();
        int links = 0;
        while (!rest.isEmpty()) {
            byte[] name = rest.removeFirst();
            if (isDots(name, 1)) {
                continue;
            }
            if (!isDots(name, 2)) {
                done.add(name);
                continue;
            }
            if (done.isEmpty()) {
                continue;
            }
            byte[] target = linkTarget(done);
            byte[] last = done.removeLast();
            if (target.length > 0) {
                if (++links > LINKS_MAX) {
                    throw new IOException("too many symbolic links at " + RawName.display(last));
                }
                rest.addFirst(name);
                if (target[0] == '/') {
                    done.clear();
                }
                split(target).reversed().forEach(rest::addFirst);
            }
        }
        int last = raw.length - 1;
        boolean dot = raw[last] == '.' && (last == 0 || raw[last - 1] == '/');
        return new AbsolutePath(done, dot || raw[last] == '/');
    }

    /** The path of the process's working folder, as bytes: the JDK's text of it may have lost some. */
    public static byte[] workingFolder() {
        try (Directory self = Directory.open(RawName.of("/proc/self"))) {
            return self.readLink(RawName.of("cwd"));
        } catch (IOException e) {
            // Not Linux: the text is all there is.
            return RawName.of(System.getProperty("user.dir"));
        }
    }

    /** The bytes as the system takes them. */
    public byte[] bytes() {
        return bytes(components);
    }

    /** For people. */
    @Override
    public String toString() {
        return RawName.display(bytes());
    }

    public static byte[] bytes(List<byte[]> components) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] name : components) {
            out.write('/');
            out.writeBytes(name);
        }
        return out.size() == 0 ? new byte[] {'/'} : out.toByteArray();
    }

    /** The target of the link that the last name of {@code path} is, empty where it is none. */
    private static byte[] linkTarget(List<byte[]> path) throws IOException {
        try (Directory parent = Directory.open(bytes(path.subList(0, path.size() - 1)))) {
            byte[] name = path.getLast();
            FileStat stat = parent.stat(name);
            return stat.type() == FileType.SYMLINK ? parent.readLink(name) : new byte[0];
        }
    }

    private static boolean isDots(byte[] name, int count) {
        return name.length == count && name[0] == '.' && name[count - 1] == '.';
    }

    private static List<byte[]> split(byte[] path) {
        List<byte[]> names = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= path.length; i++) {
            if (i == path.length || path[i] == '/') {
                if (i > start) {
                    names.add(java.util.Arrays.copyOfRange(path, start, i));
                }
                start = i + 1;
            }
        }
        return names;
    }
}
