package dev.cairn.replicator.net;

import org.jspecify.annotations.Nullable;

/** A try of a request failed in a way that may pass: no connection, a broken one, silence, a server that is busy. */
final class TransportFault extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final long retryAfterNanos;
    private final boolean unsent;

    TransportFault(String message, @Nullable Throwable cause) {
        this(message, cause, 0, false);
    }

    private TransportFault(String message, @Nullable Throwable cause, long retryAfterNanos, boolean unsent) {
        super(message, cause);
        this.retryAfterNanos = retryAfterNanos;
        this.unsent = unsent;
    }

    /** There was no connection: nothing of the request went out. */
    static TransportFault noConnection(String message, @Nullable Throwable cause) {
        return new TransportFault(message, cause, 0, true);
    }

    /** The server asked to come back after a while. */
    static TransportFault comeBack(String message, long retryAfterNanos) {
        return new TransportFault(message, null, retryAfterNanos, false);
    }

    /** Whether nothing of the request went out. */
    boolean isUnsent() {
        return unsent;
    }

    /** What the server asked to wait; 0 if it did not. */
    long retryAfterNanos() {
        return retryAfterNanos;
    }
}
