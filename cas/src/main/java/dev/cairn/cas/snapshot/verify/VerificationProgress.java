package dev.cairn.cas.snapshot.verify;

/** Hears how far a verification is. Called from the verifying thread; must be quick. */
public interface VerificationProgress {

    /** Hears nothing. */
    VerificationProgress NONE = new VerificationProgress() {};

    /** So many bytes of records, or of contents, were checked. */
    default void bytes(long count) {}

    /** Something is damaged. */
    default void damaged(Damage damage) {}
}
