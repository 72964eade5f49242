package dev.cairn.replicator;

import dev.cairn.replicator.protocol.Response;

/** What a {@link RepositoryService} answers to a request that it does not refuse. */
public sealed interface Answer {

    /** One frame. */
    record Whole(Response.One response) implements Answer {}

    /** A stream of frames. */
    record Streamed(ResponseStream stream) implements Answer {}
}
