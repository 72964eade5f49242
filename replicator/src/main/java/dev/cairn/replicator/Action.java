package dev.cairn.replicator;

import dev.cairn.replicator.protocol.Request;

/** What a session wants done. */
public sealed interface Action {

    /**
     * Send a request. Several may be under way at once.
     *
     * @param number names it in the events that follow; never used again by this session
     */
    record Send(long number, Request request) implements Action {}

    /** The session has ended well. No action follows. */
    record Done(TransferResult result) implements Action {}

    /**
     * The session has ended with an error: a {@link RemoteException} or a {@link dev.cairn.cas.StoreException}. What was
     * committed stays. No action follows.
     *
     * @param result what was done until then
     */
    record Fail(RuntimeException cause, TransferResult result) implements Action {}
}
