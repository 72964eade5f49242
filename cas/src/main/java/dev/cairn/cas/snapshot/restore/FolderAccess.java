package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.Errno;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.PosixException;
import java.io.IOException;

/**
 * Work in folders of the target whose mode forbids it to their owner. The owner gets the right to, but only where it turns out
 * to lack, so that folders in which nothing changes stay untouched. The mode that the snapshot says is set in the end.
 */
final class FolderAccess {

    /** What the owner of a folder needs to work in it. */
    static final int OWNER_ALL = 0700;

    private FolderAccess() {}

    /** Something done in a folder. Done again if it failed for want of the right to, so that must do no harm. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    /** Does {@code work} in the open {@code folder}. */
    static void in(Directory folder, Work work) throws IOException {
        try {
            work.run();
        } catch (PosixException e) {
            if (!isRefused(e, folder.stat())) {
                throw e;
            }
            folder.chmod(folder.stat().mode() | OWNER_ALL);
            work.run();
        }
    }

    /** Enters the folder at {@code path}, which stands in {@code parent}, by {@code entering}. */
    static void entering(Directory parent, EntryPath path, Work entering) throws IOException {
        try {
            entering.run();
        } catch (PosixException e) {
            FileStat stat = parent.stat(path.name());
            if (!isRefused(e, stat)) {
                throw e;
            }
            parent.chmod(path.name(), stat.mode() | OWNER_ALL);
            entering.run();
        }
    }

    private static boolean isRefused(PosixException e, FileStat folder) {
        return e.errno() == Errno.EACCES && (folder.mode() & OWNER_ALL) != OWNER_ALL;
    }
}
