package dev.cairn.replicator;

import dev.cairn.replicator.protocol.Response;

/**
 * The frames of an answer, made as they are asked for, so that whoever sends them sets the pace. Holds no transaction and
 * no lock between calls and may simply be dropped. Not thread-safe; blocks on reads of the store.
 */
@FunctionalInterface
public interface ResponseStream {

    /**
     * The next frame: parts, then one {@link Response.End}. Not to be called again after the end.
     *
     * @throws dev.cairn.replicator.protocol.ProblemException if the answer cannot go on
     */
    Response next();
}
