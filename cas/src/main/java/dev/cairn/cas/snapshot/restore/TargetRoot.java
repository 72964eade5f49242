package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.Errno;
import dev.cairn.cas.posix.PosixException;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Opens the folder that a person named as the target, making what is missing of it. */
final class TargetRoot {

    private static final int MODE_ABOVE = 0777;

    private TargetRoot() {}

    /** Opens {@code path}, null where there is nothing; links in it are followed, since a person wrote it. */
    static @Nullable Directory openIfPresent(TargetAccess access, byte[] path) throws IOException {
        try {
            return access.open(path);
        } catch (PosixException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
            return null;
        }
    }

    /**
     * Opens {@code path}, links followed too, or makes it.
     *
     * @param mode of the folder itself if it is made, less what the umask takes; those above it get the usual one
     */
    static Directory openOrMake(TargetAccess access, byte[] path, int mode) throws IOException {
        Directory present = openIfPresent(access, path);
        if (present != null) {
            return present;
        }
        byte[] name = Arrays.copyOfRange(path, nameStart(path), nameEnd(path));
        try (Directory parent = openOrMake(access, above(path), MODE_ABOVE)) {
            try {
                parent.createDirectory(name, mode);
            } catch (PosixException e) {
                // A link that leads nowhere, or somebody made it just now: the next line tells which.
                if (e.errno() != Errno.EEXIST) {
                    throw e;
                }
            }
            return parent.openDirectory(name);
        }
    }

    /** The path without its last name. */
    static byte[] above(byte[] path) {
        int start = nameStart(path);
        return start == 0 ? new byte[] {'.'} : Arrays.copyOf(path, start);
    }

    private static int nameStart(byte[] path) {
        int start = nameEnd(path);
        while (start > 0 && path[start - 1] != '/') {
            start--;
        }
        return start;
    }

    /** Slashes at the end belong to no name. */
    private static int nameEnd(byte[] path) {
        int end = path.length;
        while (end > 1 && path[end - 1] == '/') {
            end--;
        }
        return end;
    }
}
