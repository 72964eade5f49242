package dev.cairn.replicator;

import java.util.List;

/**
 * A push, a pull or the mending of a replica as a state machine: it takes events and returns actions. Does no network I/O, owns no thread, reads no
 * clock; reads and writes the local store while it is called. Not thread-safe: one driver at a time.
 */
public sealed interface Session extends AutoCloseable permits PushSession, PushRehearsal, PullSession, MendSession {

    /** What to do first. To be called once. */
    List<Action> start();

    /** What to do after {@code event}; often nothing. After {@link Action.Done} or {@link Action.Fail} always nothing. */
    List<Action> on(Event event);

    /** Gives back what the session holds open. To be called at its end, whichever it was; idempotent. */
    @Override
    void close();
}
