package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.posix.Directory;
import java.io.IOException;

/** Opens the folders that a person named. The seam at which tests put in folders that fail. */
@FunctionalInterface
interface FileSystemAccess {

    /** The file system of this machine. */
    FileSystemAccess SYSTEM = Directory::open;

    /** Opens a folder by its absolute path, following links. */
    Directory open(byte[] path) throws IOException;
}
