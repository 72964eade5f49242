package dev.cairn.replicator;

import dev.cairn.replicator.protocol.Response;

/**
 * What became of a request. A session ignores events about requests that it did not send, or whose last event it has seen,
 * so that a repeated event does no harm.
 */
public sealed interface Event {

    /** The number of the request. */
    long number();

    /**
     * A frame of the answer. The last one for a request is a {@link Response.One}, a {@link Response.End} or a {@link
     * dev.cairn.replicator.protocol.Problem} that does not pass by waiting.
     */
    record Answered(long number, Response response) implements Event {}

    /**
     * A stream broke off; the frames before this event came whole. The session may ask for the rest. Whoever makes this event
     * has waited as long as is polite.
     */
    record Interrupted(long number) implements Event {}

    /**
     * There will be no answer: retries have run out, or were of no use.
     *
     * @param cause a {@link RemoteException} or a {@link dev.cairn.cas.StoreException}
     */
    record Failed(long number, RuntimeException cause) implements Event {}
}
