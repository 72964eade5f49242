package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.FileType;
import dev.cairn.cas.posix.Listing;
import dev.cairn.cas.snapshot.Cancellation;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Removes a name and everything beneath it, from folder to folder by descriptor, so that a link leads nowhere; in a dry run it
 * only counts. One descriptor and one packed listing a level; the depth is that of the tree that is there.
 */
final class TreeRemoval {

    private record Level(Directory directory, byte[] name, Listing listing, int[] next) {}

    private final KeptFolders kept;
    private final boolean dryRun;
    private final Cancellation cancellation;

    /** A removal that stops before the folders in {@code kept}. */
    TreeRemoval(KeptFolders kept, boolean dryRun, Cancellation cancellation) {
        this.kept = kept;
        this.dryRun = dryRun;
        this.cancellation = cancellation;
    }

    /** Removes {@code name} in {@code parent} and returns how many names went. */
    long remove(Directory parent, byte[] name) throws IOException {
        if (parent.stat(name).type() != FileType.DIRECTORY) {
            removeFile(parent, name);
            return 1;
        }
        Deque<Level> levels = new ArrayDeque<>();
        long removed = 0;
        try {
            levels.push(level(parent, name));
            while (!levels.isEmpty()) {
                cancellation.check();
                Level level = levels.peek();
                if (level.next()[0] == level.listing().size()) {
                    levels.pop().directory().close();
                    removeDirectory(levels.isEmpty() ? parent : levels.peek().directory(), level.name());
                    removed++;
                    continue;
                }
                byte[] child = level.listing().name(level.next()[0]++);
                if (level.directory().stat(child).type() == FileType.DIRECTORY) {
                    levels.push(level(level.directory(), child));
                } else {
                    removeFile(level.directory(), child);
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

    private void removeFile(Directory parent, byte[] name) throws IOException {
        if (!dryRun) {
            parent.removeFile(name);
        }
    }

    private void removeDirectory(Directory parent, byte[] name) throws IOException {
        if (!dryRun) {
            parent.removeDirectory(name);
        }
    }

    private Level level(Directory parent, byte[] name) throws IOException {
        FileStat stat = parent.stat(name);
        if (kept.contains(stat)) {
            throw new IOException("not removed: a repository in use stands in it");
        }
        if (!dryRun && (stat.mode() & FolderAccess.OWNER_ALL) != FolderAccess.OWNER_ALL) {
            parent.chmod(name, stat.mode() | FolderAccess.OWNER_ALL);
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
