package dev.cairn.replicator;

import dev.cairn.cas.BranchMove;
import dev.cairn.cas.StoreException;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a session that are under way, each with what to do when its answer comes, and the actions that have piled
 * up since the driver last took them. Not thread-safe.
 */
final class Exchange {

    private final TransferCounts counts;
    private final Map<Long, Continuation> underWay = new HashMap<>();
    private List<Action> actions = new ArrayList<>();
    private final List<Held> held = new ArrayList<>();
    private final List<Runnable> onceConfirmed = new ArrayList<>();
    private @Nullable Assumption assumption;
    private boolean asked;
    private boolean doneIsHeld;
    private long nextNumber;
    private boolean ended;

    /**
     * What the requests of a session are based on until the remote has confirmed it.
     *
     * @param question whether it holds
     * @param refuted called with the answer if it does not, and with null if a batch was refused because of it. Requests that were
     *     held back are forgotten by then
     */
    record Assumption(Request.Compare question, Consumer<@Nullable Response> refuted) {}

    private record Held(Request request, Continuation continuation) {}

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

    /**
     * From now on requests, and the end, are held back until the remote has confirmed {@code first}; it is asked when there is
     * something to hold back. Only a batch that carries its own conditions goes out, and its answer tells as well.
     */
    void assume(Assumption first) {
        assumption = first;
        asked = false;
        doneIsHeld = false;
    }

    boolean isAssuming() {
        return assumption != null;
    }

    /** Runs {@code step} once the remote has confirmed what is assumed, at once if nothing is; never if it is refuted. */
    void onceConfirmed(Runnable step) {
        if (isAssuming()) {
            onceConfirmed.add(step);
        } else {
            step.run();
        }
    }

    /** Sends a request, or holds it back. */
    void send(Request request, Continuation continuation) {
        Assumption assumed = assumption;
        if (assumed == null) {
            transmit(request, continuation);
        } else if (request instanceof Request.Batch batch && batch.onlyIf() != null) {
            transmit(request, response -> {
                if (refutes(response)) {
                    refuted(assumed, null);
                } else {
                    if (confirms(response)) {
                        confirmed();
                    }
                    continuation.answered(response);
                }
            });
        } else {
            held.add(new Held(request, continuation));
            ask(assumed);
        }
    }

    private void ask(Assumption assumed) {
        if (!asked) {
            asked = true;
            transmit(assumed.question(), response -> {
                if (response instanceof Response.Unchanged) {
                    confirmed();
                } else {
                    refuted(assumed, response);
                }
            });
        }
    }

    /** Whether the answer to a batch with conditions says that they do not hold. */
    private static boolean refutes(Response response) {
        return switch (response) {
            case Problem problem ->
                switch (problem.code()) {
                    case CHANGED, OTHER_REPOSITORY, NO_REPOSITORY -> true;
                    default -> false;
                };
            case Response.BatchStored stored -> stored.outcome() instanceof BranchMove.Outcome.Conflict;
            default -> false;
        };
    }

    /** Whether the answer to a batch with conditions is one that a server gives only after it found that they hold. */
    private static boolean confirms(Response response) {
        return !(response instanceof Problem problem)
                || problem.code() == ProblemCode.MISSING
                || problem.code() == ProblemCode.DAMAGED;
    }

    private void confirmed() {
        assumption = null;
        List<Runnable> steps = List.copyOf(onceConfirmed);
        onceConfirmed.clear();
        steps.forEach(Runnable::run);
        List<Held> released = List.copyOf(held);
        held.clear();
        released.forEach(request -> transmit(request.request(), request.continuation()));
        if (doneIsHeld) {
            done();
        }
    }

    private void refuted(Assumption assumed, @Nullable Response response) {
        assumption = null;
        held.clear();
        onceConfirmed.clear();
        assumed.refuted().accept(response);
    }

    private void transmit(Request request, Continuation continuation) {
        long number = nextNumber++;
        underWay.put(number, continuation);
        counts.request();
        actions.add(new Action.Send(number, request));
    }

    void done() {
        Assumption assumed = assumption;
        if (assumed != null) {
            doneIsHeld = true;
            ask(assumed);
            return;
        }
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
