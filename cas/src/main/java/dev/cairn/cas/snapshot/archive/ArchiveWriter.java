package dev.cairn.cas.snapshot.archive;

import dev.cairn.cas.manifest.Entry;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Writes an archive, member by member. For one thread. */
interface ArchiveWriter {

    /** Hears what the format cannot say of the entry that is being written. */
    @FunctionalInterface
    interface Losses {
        void lost(Entry entry, String reason, boolean leftOut);
    }

    /** Whether a hard link is a member that names another. */
    boolean hasHardLinks();

    /**
     * Writes a member.
     *
     * @param name in the archive, as bytes with slashes between components; empty for the folder that is exported itself
     * @param entry with its content, unless it is a hard link
     * @param linkedTo the name of the member that it is a hard link to, else null
     * @return whether it is in the archive
     */
    boolean add(byte[] name, Entry entry, byte @Nullable [] linkedTo) throws IOException;

    /** Writes what stands at an archive's end. Does not close what is below. */
    void finish() throws IOException;
}
