package dev.cairn.replicator.net;

import org.jspecify.annotations.Nullable;

/** A try of a request failed in a way that may pass: no connection, a broken one, silence, a server that is busy. */
final class TransportFault extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final long retryAfterNanos;
    private final boolean unsent;
    private final boolean silence;

    TransportFault(String message, @Nullable Throwable cause) {
        this(message, cause, 0, false, false);
    }

    private TransportFault(
            String message, @Nullable Throwable cause, long retryAfterNanos, boolean unsent, boolean silence) {
        super(message, cause);
        this.retryAfterNanos = retryAfterNanos;
        this.unsent = unsent;
        this.silence = silence;
    }

    /** There was no connection: nothing of the request went out. */
    static TransportFault noConnection(String message, @Nullable Throwable cause) {
        return new TransportFault(message, cause, 0, true, false);
    }

    /** The server asked to come back after a while. */
    static TransportFault comeBack(String message, long retryAfterNanos) {
        return new TransportFault(message, null, retryAfterNanos, false, false);
    }

    /** There is a connection, and nothing comes. */
    static TransportFault silence(String message) {
        return new TransportFault(message, null, 0, false, true);
    }

    /** Whether the connection may be dead. */
    boolean isSilence() {
        return silence;
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
