package dev.cairn.replicator;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.UnspeltHeader;
import dev.cairn.replicator.protocol.RecordDigest;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import dev.cairn.replicator.protocol.Role;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Drives a session against a {@link SimulatedServer} through a network that loses, repeats and reorders, and kills the client
 * if told to. All from a seed.
 */
final class BadNetwork {

    private final SimulatedServer server;
    private final SplittableRandom random;
    private final double faults;

    /** Objects in batches whose acknowledgement reached a client, over all sessions. */
    final Set<ObjectId> acknowledged = new HashSet<>();

    /**
     * Records sent after that although fewer than half of their objects were not acknowledged, those aside that make up the
     * first batch of a session: a push so small that it takes no more asks nothing first.
     */
    final List<UnspeltHeader> sentAgain = new ArrayList<>();

    private int againInSession;

    /** Objects that were fetched although {@link #client} had them. */
    final Set<ObjectId> fetchedAgain = new HashSet<>();

    /** What fetches asked for. */
    final Set<ObjectId> asked = new HashSet<>();

    /** The most fetches that were under way at once. */
    int fetchesAtOnce;

    /** Records that came in answers to fetches, as often as they came. */
    final List<RecordDigest> fetched = new ArrayList<>();

    /** Of the client's device. */
    Role role = Role.WRITE;

    /** The store of the client that is driven, for {@link #fetchedAgain}. */
    @Nullable
    ObjectStore client;

    /** @param faults the share of messages to which something happens, 0 to 1 */
    BadNetwork(SimulatedServer server, SplittableRandom random, double faults) {
        this.server = server;
        this.random = random;
        this.faults = faults;
    }

    /** A request under way: at first to be carried out, then with frames still to deliver. */
    private static final class Travelling {
        final Action.Send send;

        @Nullable
        List<Response> answer;

        int delivered;

        Travelling(Action.Send send) {
            this.send = send;
        }
    }

    /**
     * Runs a session to its end.
     *
     * @param stepsMax after how many events the client dies
     * @return the last action, or null if the client died
     */
    @Nullable
    Action run(Session session, int stepsMax) {
        againInSession = 0;
        List<Travelling> travelling = new ArrayList<>();
        Action last = take(session.start(), travelling);
        for (int step = 0; last == null; step++) {
            if (step >= stepsMax) {
                return null;
            }
            if (travelling.isEmpty()) {
                throw new IllegalStateException("the session waits for nothing");
            }
            Travelling next = travelling.get(random.nextInt(travelling.size()));
            last = take(step(session, next, travelling), travelling);
        }
        return last;
    }

    private List<Action> step(Session session, Travelling next, List<Travelling> travelling) {
        long number = next.send.number();
        Request request = next.send.request();
        boolean fault = random.nextDouble() < faults;
        if (next.answer == null) {
            if (fault && random.nextBoolean()) {
                return List.of(); // The request was lost; the network layer sends it again.
            }
            next.answer = server.answer(request, role);
            if (fault && random.nextBoolean()) {
                server.answer(request, role); // It arrived twice.
            }
            if (fault && random.nextBoolean()) {
                next.answer = null; // The answer was lost.
            }
            return List.of();
        }
        List<Response> answer = next.answer;
        if (fault && answer.getLast() instanceof Response.End) {
            travelling.remove(next);
            return session.on(new Event.Interrupted(number));
        }
        Response response = answer.get(next.delivered++);
        if (response instanceof Response.FetchedRecord record) {
            fetched.add(RecordDigest.of(record.record()));
        }
        boolean isLast = next.delivered == answer.size();
        if (isLast) {
            travelling.remove(next);
            if (request instanceof Request.Batch batch && response instanceof Response.BatchStored) {
                for (UnspeltHeader record : headers(batch)) {
                    record.provided().forEach(object -> acknowledged.add(object.id()));
                }
            }
        }
        List<Action> actions = new ArrayList<>(session.on(new Event.Answered(number, response)));
        if (isLast && fault) {
            actions.addAll(session.on(new Event.Answered(number, response)));
            actions.addAll(session.on(new Event.Interrupted(number)));
        }
        return actions;
    }

    private @Nullable Action take(List<Action> actions, List<Travelling> travelling) {
        for (Action action : actions) {
            if (!(action instanceof Action.Send send)) {
                return action;
            }
            if (send.request() instanceof Request.Batch batch) {
                for (UnspeltHeader record : headers(batch)) {
                    List<ProvidedObject> provided = record.provided();
                    long fresh = provided.stream()
                            .filter(object -> !acknowledged.contains(object.id()))
                            .count();
                    if (2 * fresh < provided.size() && ++againInSession > server.limits.batchRecords()) {
                        sentAgain.add(record);
                    }
                }
            }
            if (send.request() instanceof Request.Fetch fetch) {
                asked.addAll(fetch.ids());
            }
            if (send.request() instanceof Request.Fetch fetch && client != null) {
                fetch.ids().stream().filter(client::has).forEach(fetchedAgain::add);
            }
            travelling.add(new Travelling(send));
            fetchesAtOnce = Math.max(fetchesAtOnce, (int) travelling.stream()
                    .filter(one -> one.send.request() instanceof Request.Fetch)
                    .count());
        }
        return null;
    }

    private static List<UnspeltHeader> headers(Request.Batch batch) {
        return batch.records().stream()
                .map(upload -> UnspeltHeader.read(ByteBuffer.wrap(upload.record()), "a test"))
                .toList();
    }
}
