package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.posix.Directory;
import java.io.IOException;

/** Opens the folders that a person named. The seam at which tests put in folders that fail, or change under a restore's hands. */
@FunctionalInterface
interface TargetAccess {

    /** The file system of this machine. */
    TargetAccess SYSTEM = Directory::open;

    /** Opens a folder by its path, following links. */
    Directory open(byte[] path) throws IOException;
}
