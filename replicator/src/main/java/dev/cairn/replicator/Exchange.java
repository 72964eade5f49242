package dev.cairn.replicator;

import dev.cairn.cas.StoreException;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The requests of a session that are under way, each with what to do when its answer comes, and the actions that have piled
 * up since the driver last took them. Not thread-safe.
 */
final class Exchange {

    private final TransferCounts counts;
    private final Map<Long, Continuation> underWay = new HashMap<>();
    private List<Action> actions = new ArrayList<>();
    private long nextNumber;
    private boolean ended;

    Exchange(TransferCounts counts) {
        this.counts = counts;
    }

    /** What a session does with an answer. */
    interface Continuation {

        /** A frame came. */
        void answered(Response response);

        /** The stream broke off. */
        default void interrupted() {
            throw new IllegalStateException("this request is not answered by a stream");
        }
    }

    void send(Request request, Continuation continuation) {
        long number = nextNumber++;
        underWay.put(number, continuation);
        counts.request();
        actions.add(new Action.Send(number, request));
    }

    void done() {
        end(new Action.Done(counts.result()));
    }

    void fail(RuntimeException cause) {
        end(new Action.Fail(cause, counts.result()));
    }

    boolean hasEnded() {
        return ended;
    }

    /** Runs {@code step}, turning what it throws into the end of the session, and hands out the actions. */
    List<Action> run(Runnable step) {
        if (!ended) {
            try {
                step.run();
            } catch (RemoteException | StoreException e) {
                fail(e);
            }
        }
        List<Action> taken = actions;
        actions = new ArrayList<>();
        return taken;
    }

    /** Gives an event to whoever waits for it, if anybody does. */
    void dispatch(Event event) {
        Continuation continuation = underWay.get(event.number());
        if (continuation == null) {
            return;
        }
        switch (event) {
            case Event.Answered(long number, Response response) -> {
                switch (response) {
                    case Response.One one -> underWay.remove(number);
                    case Response.End end -> underWay.remove(number);
                    case Problem problem -> underWay.remove(number);
                    case Response.Part part -> {}
                }
                continuation.answered(response);
            }
            case Event.Interrupted(long number) -> {
                underWay.remove(number);
                continuation.interrupted();
            }
            case Event.Failed(long number, RuntimeException cause) -> {
                underWay.remove(number);
                fail(cause);
            }
        }
    }

    /** For a response that the protocol does not allow here. */
    static RuntimeException unexpected(Response response) {
        return response instanceof Problem problem
                ? RemoteException.of(problem)
                : new RemoteException.PeerMisbehaved(
                        "a %s where none was asked for"
                                .formatted(response.getClass().getSimpleName()),
                        null);
    }

    private void end(Action last) {
        if (!ended) {
            ended = true;
            underWay.clear();
            actions.add(last);
        }
    }
}
