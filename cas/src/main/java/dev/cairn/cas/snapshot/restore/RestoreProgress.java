package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.manifest.EntryPath;

/** Hears how far a restore is. Called from the restoring thread; must be quick. */
public interface RestoreProgress {

    /** Hears nothing. */
    RestoreProgress NONE = new RestoreProgress() {};

    /** So many bytes of files were dealt with. */
    default void bytes(long count) {}

    /** A path is as it should be now; {@code written} says whether anything had to be done for it. */
    default void restored(EntryPath path, boolean written) {}

    /** Something was removed that the snapshot does not have; its path as seen from the target. */
    default void removed(EntryPath path) {}

    /** Something could not be restored. */
    default void failed(RestoreError error) {}
}
