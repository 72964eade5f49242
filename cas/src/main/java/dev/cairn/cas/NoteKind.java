package dev.cairn.cas;

import java.util.Optional;

/** What a note says of its snapshot. Codes are part of the format and are never reused. */
public enum NoteKind {
    /** It is no longer retained. */
    FORGET(1),
    /** It shall not be forgotten; brings back what was forgotten before. */
    PIN(2),
    /** It is no longer pinned. */
    UNPIN(3),
    /** It has a tag. */
    TAG(4),
    /** It has a tag no longer. */
    UNTAG(5);

    private final int code;

    NoteKind(int code) {
        this.code = code;
    }

    /** The byte that stands for it. */
    public int code() {
        return code;
    }

    /** Whether it decides what is kept, now or by a later policy. Who may only add to a server may not say such things. */
    public boolean decidesOnKeeping() {
        return this != TAG;
    }

    /** Notes of kinds that replace each other share a group. */
    int group() {
        return this == UNTAG ? TAG.code : code;
    }

    static Optional<NoteKind> of(int code) {
        for (NoteKind kind : values()) {
            if (kind.code == code) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }
}
