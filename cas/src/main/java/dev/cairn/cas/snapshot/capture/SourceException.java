package dev.cairn.cas.snapshot.capture;

/** A capture cannot start, or not go on, because a source is not what it must be. Nothing was added to any branch. */
public final class SourceException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String hint;

    SourceException(String message, String hint) {
        super(message);
        this.hint = hint;
    }

    /** What to do next, one sentence. */
    public String hint() {
        return hint;
    }
}
