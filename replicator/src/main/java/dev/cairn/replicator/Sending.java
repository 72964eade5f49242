package dev.cairn.replicator;

/** What a push sends. */
public enum Sending {
    /** What the remote lacks. */
    LACKING,
    /** That, and then everything once more, beside what the remote has under the same ids, which may be nonsense. */
    EVERYTHING,
    /**
     * That, and then everything once more, in place of what the remote has under the same ids: after old records were sealed anew.
     * Takes the role admin.
     */
    IN_PLACE
}
