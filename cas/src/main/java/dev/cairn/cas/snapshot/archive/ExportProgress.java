package dev.cairn.cas.snapshot.archive;

import dev.cairn.cas.manifest.EntryPath;

/** Hears how far an export is. Called from the exporting thread; must be quick. */
public interface ExportProgress {

    /** Hears nothing. */
    ExportProgress NONE = new ExportProgress() {};

    /** So many bytes of content were written, holes included. */
    default void bytes(long count) {}

    /** A path is in the archive. */
    default void written(EntryPath path) {}

    /** Something is not, or not whole. */
    default void lost(ExportLoss loss) {}
}
