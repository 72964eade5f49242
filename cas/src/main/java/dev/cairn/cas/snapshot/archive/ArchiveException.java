package dev.cairn.cas.snapshot.archive;

import java.io.IOException;

/** An archive cannot be read to its end: it is damaged, encrypted, or of a kind that is not known. Nothing was added to any branch. */
public final class ArchiveException extends IOException {

    private static final long serialVersionUID = 1;

    private final String hint;
    private final boolean damage;

    private ArchiveException(String message, String hint, boolean damage) {
        super(message);
        this.hint = hint;
        this.damage = damage;
    }

    /** The archive is not what whoever made it wrote. */
    static ArchiveException damaged(String what) {
        return new ArchiveException(
                "the archive is damaged: " + what,
                "Nothing was added to the branch. Fetch or make the archive again.",
                true);
    }

    /** The archive may be sound, but is not for us. */
    static ArchiveException unsupported(String what, String hint) {
        return new ArchiveException(what, "Nothing was added to the branch. " + hint, false);
    }

    /** What to do next. */
    public String hint() {
        return hint;
    }

    /** Whether the archive is damaged, and not only of a kind that cannot be read. */
    public boolean isDamage() {
        return damage;
    }
}
