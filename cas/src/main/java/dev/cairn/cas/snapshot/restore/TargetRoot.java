package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.Errno;
import dev.cairn.cas.posix.PosixException;
import java.io.IOException;
import java.util.Arrays;

/** Opens the folder that a person named as the target, making what is missing of it. */
final class TargetRoot {

    private static final int MODE = 0777;

    private TargetRoot() {}

    /** Opens {@code path}; links in it are followed, since a person wrote it. */
    static Directory open(byte[] path, boolean make) throws IOException {
        try {
            return Directory.open(path);
        } catch (PosixException e) {
            if (!make || e.errno() != Errno.ENOENT || path.length == 0) {
                throw e;
            }
        }
        int end = path.length;
        while (end > 1 && path[end - 1] == '/') {
            end--;
        }
        int slash = end;
        while (slash > 0 && path[slash - 1] != '/') {
            slash--;
        }
        byte[] name = Arrays.copyOfRange(path, slash, end);
        byte[] above = slash == 0 ? new byte[] {'.'} : Arrays.copyOf(path, slash);
        try (Directory parent = open(above, true)) {
            try {
                parent.createDirectory(name, MODE);
            } catch (PosixException e) {
                // A link that leads nowhere, or somebody made it just now: the next line tells which.
                if (e.errno() != Errno.EEXIST) {
                    throw e;
                }
            }
            return parent.openDirectory(name);
        }
    }
}
