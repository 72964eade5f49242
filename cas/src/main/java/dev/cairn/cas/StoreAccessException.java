package dev.cairn.cas;

import org.jspecify.annotations.Nullable;

/** The store's files cannot be read or written: permissions, a read-only file system, an I/O error of the device. */
public final class StoreAccessException extends StoreException {

    private static final long serialVersionUID = 1;

    public StoreAccessException(String message, String hint, @Nullable Throwable cause) {
        super(message, hint, cause);
    }
}
