package dev.cairn.replicator.net;

import org.jspecify.annotations.Nullable;

/** A try of a request failed in a way that may pass: no connection, a broken one, silence, a server that is busy. */
final class TransportFault extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final long retryAfterNanos;

    TransportFault(String message, @Nullable Throwable cause) {
        this(message, cause, 0);
    }

    TransportFault(String message, @Nullable Throwable cause, long retryAfterNanos) {
        super(message, cause);
        this.retryAfterNanos = retryAfterNanos;
    }

    /** What the server asked to wait; 0 if it did not. */
    long retryAfterNanos() {
        return retryAfterNanos;
    }
}
