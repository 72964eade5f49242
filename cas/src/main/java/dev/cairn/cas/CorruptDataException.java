package dev.cairn.cas;

import org.jspecify.annotations.Nullable;

/** Bytes on disk or from a peer are not what they must be. Names where, what was expected and what was found. */
public final class CorruptDataException extends StoreException {

    private static final long serialVersionUID = 1;

    private final String where;
    private final String reason;
    private final boolean submitted;

    public CorruptDataException(String where, String expected, String actual) {
        this("expected " + expected + ", found " + actual, where, false, null);
    }

    private CorruptDataException(String reason, String where, boolean submitted, @Nullable Throwable cause) {
        super(
                "damaged data at " + where + ": " + reason,
                "Run 'cairn verify --data' to list everything that is damaged; 'cairn pull' or 'cairn repair' brings"
                        + " it back.",
                cause);
        this.where = where;
        this.reason = reason;
        this.submitted = submitted;
    }

    /** Damage that another exception, or nothing more, tells of. */
    public static CorruptDataException because(String where, String reason, @Nullable Throwable cause) {
        return new CorruptDataException(reason, where, false, cause);
    }

    /** A record that was handed in for storing contradicts what the store knows. */
    static CorruptDataException submitted(String where, String expected, String actual) {
        return new CorruptDataException("expected " + expected + ", found " + actual, where, true, null);
    }

    /** The place: file, volume, container, record or object. */
    public String where() {
        return where;
    }

    /** Whether it is what was handed in for storing that is wrong, and not what is stored. */
    public boolean isSubmitted() {
        return submitted;
    }

    /** What is wrong there. */
    public String reason() {
        return reason;
    }
}
