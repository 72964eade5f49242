package dev.cairn.cas.lmdb;

import dev.cairn.cas.CorruptDataException;

/** Hears how far a scrub is. Called on the scrubbing thread; must be quick. */
public interface ScrubProgress {

    /** Hears nothing. */
    ScrubProgress NONE = new ScrubProgress() {};

    /** So many bytes of records were read. */
    default void bytes(long count) {}

    /** A record, a row or a volume is damaged. */
    default void damaged(CorruptDataException damage) {}
}
