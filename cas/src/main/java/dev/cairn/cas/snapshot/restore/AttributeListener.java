package dev.cairn.cas.snapshot.restore;

/** Hears what became of attributes that could not be set. */
interface AttributeListener {

    /** One could not be set. */
    void fail(RestoreError error);

    /** An owner could not be set for want of the right to. */
    void ownerKept();

    /** Whether {@link #ownerKept} was called before. */
    boolean areOwnersKept();
}
