package dev.cairn.cas;

import org.jspecify.annotations.Nullable;

/**
 * Something a store could not do. Each kind carries its evidence and a hint, a sentence that says what to do next. The
 * command line maps each kind to its documented exit code.
 */
public abstract sealed class StoreException extends RuntimeException
        permits CorruptDataException,
                MissingObjectsException,
                NoRepositoryException,
                StoreAccessException,
                StoreBusyException,
                StoreFullException,
                VersionMismatchException,
                WrongKeyException {

    private static final long serialVersionUID = 1;

    private final String hint;

    StoreException(String message, String hint, @Nullable Throwable cause) {
        super(message, cause);
        this.hint = hint;
    }

    /** What to do next, one sentence; may be empty. */
    public String hint() {
        return hint;
    }
}
