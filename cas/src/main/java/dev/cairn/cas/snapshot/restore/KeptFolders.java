package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.Errno;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.PosixException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Folders that a restore neither removes nor writes into, above all the repository it reads from; known by their inodes. */
final class KeptFolders {

    /** Longer paths the system does not take. */
    private static final int PATH_BYTES_MAX = 4095;

    private static final byte[] UP = {'/', '.', '.'};

    private final TargetAccess access;
    private final List<FileStat> folders;

    private KeptFolders(TargetAccess access, List<FileStat> folders) {
        this.access = access;
        this.folders = folders;
    }

    /**
     * Looks at the folders of these paths; those that are not there need no keeping.
     *
     * @throws IOException if one of them is there and cannot be looked at
     */
    static KeptFolders find(List<byte[]> paths, TargetAccess access) throws IOException {
        List<FileStat> folders = new ArrayList<>();
        for (byte[] path : paths) {
            Directory directory = TargetRoot.openIfPresent(access, path);
            if (directory != null) {
                try (directory) {
                    folders.add(directory.stat());
                }
            }
        }
        return new KeptFolders(access, List.copyOf(folders));
    }

    /** Whether {@code stat} is that of one of them. */
    boolean contains(FileStat stat) {
        return folders.stream().anyMatch(stat::sameFile);
    }

    /**
     * Whether the folder at {@code path}, which need not be there yet, is one of them or stands in one: looks at it and at all
     * above it. What may not be looked at is not one, since those were.
     */
    boolean cover(byte[] path) throws IOException {
        byte[] current = path;
        FileStat below = null;
        while (!folders.isEmpty() && current.length <= PATH_BYTES_MAX) {
            try (Directory directory = access.open(current)) {
                FileStat stat = directory.stat();
                if (contains(stat)) {
                    return true;
                }
                if (below != null && below.sameFile(stat)) {
                    return false;
                }
                below = stat;
            } catch (PosixException e) {
                if (e.errno() == Errno.ENOENT && below == null) {
                    current = TargetRoot.above(current);
                    continue;
                }
                if (e.errno() != Errno.EACCES) {
                    throw e;
                }
            }
            current = Arrays.copyOf(current, current.length + UP.length);
            System.arraycopy(UP, 0, current, current.length - UP.length, UP.length);
        }
        return false;
    }
}
