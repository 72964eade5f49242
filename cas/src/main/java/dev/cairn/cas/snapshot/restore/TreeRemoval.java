package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.Errno;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.FileType;
import dev.cairn.cas.posix.Listing;
import dev.cairn.cas.posix.PosixException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Removes a name and everything beneath it, from folder to folder by descriptor, so that a link leads nowhere. One
 * descriptor and one packed listing a level; the depth is that of the tree that is there.
 */
final class TreeRemoval {

    private static final int OWNER_ALL = 0700;

    private record Level(Directory directory, byte[] name, Listing listing, int[] next) {}

    private final List<FileStat> kept;

    private TreeRemoval(List<FileStat> kept) {
        this.kept = kept;
    }

    /**
     * A removal that stops before these folders.
     *
     * @throws IOException if one of them is there and cannot be looked at
     */
    static TreeRemoval keeping(List<byte[]> folders) throws IOException {
        List<FileStat> kept = new ArrayList<>();
        for (byte[] folder : folders) {
            try (Directory directory = Directory.open(folder)) {
                kept.add(directory.stat());
            } catch (PosixException e) {
                if (e.errno() != Errno.ENOENT) {
                    throw e;
                }
            }
        }
        return new TreeRemoval(List.copyOf(kept));
    }

    /** Removes {@code name} in {@code parent} and returns how many names went. */
    long remove(Directory parent, byte[] name) throws IOException {
        if (parent.stat(name).type() != FileType.DIRECTORY) {
            parent.removeFile(name);
            return 1;
        }
        Deque<Level> levels = new ArrayDeque<>();
        long removed = 0;
        try {
            levels.push(level(parent, name));
            while (!levels.isEmpty()) {
                Level level = levels.peek();
                if (level.next()[0] == level.listing().size()) {
                    levels.pop().directory().close();
                    Directory above = levels.isEmpty() ? parent : levels.peek().directory();
                    above.removeDirectory(level.name());
                    removed++;
                    continue;
                }
                byte[] child = level.listing().name(level.next()[0]++);
                if (level.directory().stat(child).type() == FileType.DIRECTORY) {
                    levels.push(level(level.directory(), child));
                } else {
                    level.directory().removeFile(child);
                    removed++;
                }
            }
        } finally {
            while (!levels.isEmpty()) {
                levels.pop().directory().close();
            }
        }
        return removed;
    }

    private Level level(Directory parent, byte[] name) throws IOException {
        FileStat stat = parent.stat(name);
        if (kept.stream().anyMatch(stat::sameFile)) {
            throw new IOException("not removed: a repository in use stands in it");
        }
        if ((stat.mode() & OWNER_ALL) != OWNER_ALL) {
            parent.chmod(name, stat.mode() | OWNER_ALL);
        }
        Directory directory = parent.openDirectory(name);
        try {
            return new Level(directory, name, directory.list(), new int[1]);
        } catch (IOException e) {
            directory.close();
            throw e;
        }
    }
}
