package dev.cairn.cas;

import org.jspecify.annotations.Nullable;

/** No key slot opens with what was given. Never says which part of a secret was wrong. */
public final class WrongKeyException extends StoreException {

    private static final long serialVersionUID = 1;

    public WrongKeyException(String message, String hint, @Nullable Throwable cause) {
        super(message, hint, cause);
    }
}
