package dev.cairn.cas.lmdb;

import dev.cairn.cas.StoreFullException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The file of locks and readers beside an environment. LMDB would make it of holes and then write to it through a map: on a
 * full disk the first touch of a hole is SIGBUS, the end of the process. So it is written here, by plain I/O, before LMDB
 * sees it.
 *
 * <p>Written under another name and linked to its own, so that a process that comes at the same time finds all of it or
 * nothing, and none writes over what another has begun to use. Where the file system knows no links, LMDB makes the file.
 */
final class LockFile {

    /** More than LMDB asks for with the slots of {@link Environment}; it takes as many as there is room for. */
    private static final int BYTES = 17 * 4096;

    private LockFile() {}

    /**
     * Makes the file {@code lock} unless it is there.
     *
     * @throws StoreFullException if there is no room for it
     */
    static void require(Path lock) {
        if (Files.exists(lock)) {
            return;
        }
        try {
            Path fresh = Files.createTempFile(
                    lock.resolveSibling(""), lock.getFileName().toString(), ".new");
            try {
                Files.write(fresh, new byte[BYTES]);
                link(lock, fresh);
            } finally {
                Files.deleteIfExists(fresh);
            }
        } catch (IOException e) {
            throw Faults.of(e, lock);
        }
    }

    private static void link(Path lock, Path fresh) throws IOException {
        try {
            Files.createLink(lock, fresh);
        } catch (FileAlreadyExistsException | UnsupportedOperationException e) {
            return;
        } catch (FileSystemException e) {
            if (Faults.of(e, lock) instanceof StoreFullException full) {
                throw full;
            }
        }
    }
}
