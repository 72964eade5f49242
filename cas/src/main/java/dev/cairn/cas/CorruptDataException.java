package dev.cairn.cas;

import org.jspecify.annotations.Nullable;

/** Bytes on disk or from a peer are not what they must be. Names where, what was expected and what was found. */
public final class CorruptDataException extends StoreException {

    private static final long serialVersionUID = 1;

    private final String where;
    private final String reason;

    public CorruptDataException(String where, String expected, String actual) {
        this("expected " + expected + ", found " + actual, where, (Throwable) null);
    }

    private CorruptDataException(String reason, String where, @Nullable Throwable cause) {
        super(
                "damaged data at " + where + ": " + reason,
                "Run 'cairn verify --data' to list everything that is damaged; 'cairn pull' or 'cairn repair' brings"
                        + " it back.",
                cause);
        this.where = where;
        this.reason = reason;
    }

    /** Damage that another exception, or nothing more, tells of. */
    public static CorruptDataException because(String where, String reason, @Nullable Throwable cause) {
        return new CorruptDataException(reason, where, cause);
    }

    /** The place: file, volume, container, record or object. */
    public String where() {
        return where;
    }

    /** What is wrong there. */
    public String reason() {
        return reason;
    }
}
