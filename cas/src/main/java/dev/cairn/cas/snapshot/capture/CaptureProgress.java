package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.manifest.EntryPath;

/**
 * Hears how far a capture is. Called from the capturing thread, but for {@link #expected}; must be quick.
 */
public interface CaptureProgress {

    /** Of a time that does not come. */
    long NEVER = Long.MAX_VALUE;

    /** Hears nothing. */
    CaptureProgress NONE = new CaptureProgress() {
        @Override
        public long expectedAfterMillis() {
            return NEVER;
        }
    };

    /** How an entry stands to the previous snapshot. */
    enum Change {
        NEW,
        CHANGED,
        UNMODIFIED
    }

    /**
     * When a count of what there is begins to be worth it, in milliseconds from the beginning: that is soon enough before somebody is told.
     * {@link #NEVER} if nobody is.
     */
    default long expectedAfterMillis() {
        return 0;
    }

    /**
     * How much there is likely to be, from the previous snapshot or from a count that runs ahead; may be called several times,
     * from any thread, with better numbers.
     */
    default void expected(long files, long bytes) {}

    /**
     * So many files were counted so far by a count that runs ahead, on a thread of its own.
     *
     * @param isAll whether that is all of them
     */
    default void counted(long files, boolean isAll) {}

    /** A path is being looked at. */
    default void entered(EntryPath path) {}

    /** So many bytes of content were read, or found not to need reading. */
    default void bytes(long count) {}

    /** A path is dealt with. */
    default void recorded(EntryPath path, boolean folder, Change change) {}

    /** Something could not be read. */
    default void failed(CaptureError error) {}
}
