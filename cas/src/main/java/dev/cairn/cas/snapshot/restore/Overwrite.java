package dev.cairn.cas.snapshot.restore;

/** What becomes of a file that stands in the target already. */
public enum Overwrite {
    /** It is written again whatever it looks like. */
    ALWAYS,
    /** It stays where size and modification time agree, or else its bytes do. */
    CHANGED,
    /** It stays. */
    NEVER
}
