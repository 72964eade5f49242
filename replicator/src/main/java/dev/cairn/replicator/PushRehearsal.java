package dev.cairn.replicator;

import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import dev.cairn.replicator.protocol.Role;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A push that sends nothing: a {@link PushSession} whose questions the remote answers, and whose changes are answered here, as a
 * server would that takes them. So its counts are those of the push itself, unless others change the remote meanwhile, or it lacks
 * something that it was thought to have.
 *
 * <p>Nothing of the remote is taken over either: its configuration is checked and left alone, and notes are not exchanged, so snapshots
 * that only its notes forget count as wanted. The server keeps a session for the questions, in memory, as it does for any push that is
 * given up.
 */
public final class PushRehearsal implements Session {

    private final PushSession push;

    /** What the device may do there; null until it is known. */
    private @Nullable Role role;

    /** Whether the remote has no repository yet, and so lacks everything. */
    private boolean isNew;

    /** As {@link PushSession}. */
    public PushRehearsal(
            Replica replica,
            List<String> branches,
            Sending sending,
            ProtocolLimits limits,
            RandomGenerator random,
            TransferProgress progress) {
        this.push =
                new PushSession(replica.rehearsing(), branches, sending, limits, RemoteHints.NONE, random, progress);
    }

    @Override
    public List<Action> start() {
        return carriedOut(push.start());
    }

    @Override
    public List<Action> on(Event event) {
        return carriedOut(push.on(shown(event)));
    }

    @Override
    public void close() {
        push.close();
    }

    private Event shown(Event event) {
        if (event instanceof Event.Answered(long number, Response.RepositoryInfo info)) {
            role = info.role();
            return new Event.Answered(number, info.withoutNotes());
        }
        return event;
    }

    /** Answers what would change something; gives out the rest. */
    private List<Action> carriedOut(List<Action> actions) {
        Deque<Action> left = new ArrayDeque<>(actions);
        List<Action> outward = new ArrayList<>();
        for (Action action = left.poll(); action != null; action = left.poll()) {
            if (action instanceof Action.Send(long number, Request request)) {
                Response answer = answer(request);
                if (answer != null) {
                    left.addAll(push.on(new Event.Answered(number, answer)));
                    continue;
                }
            }
            outward.add(action);
        }
        return outward;
    }

    /** What the remote would answer to a change; null for a question, which is the remote's. */
    private @Nullable Response answer(Request request) {
        return switch (request) {
            case Request.Create create -> {
                isNew = true;
                role = Role.WRITE;
                yield new Response.RepositoryInfo(
                        create.repository(),
                        new StoredConfiguration(1, create.configuration()),
                        List.of(),
                        Role.WRITE,
                        0,
                        null,
                        null);
            }
            case Request.Missing missing -> isNew ? new Response.MissingIds(missing.ids()) : null;
            case Request.Configure configure ->
                allowed(
                        Role.WRITE,
                        new Response.Configured(
                                true, new StoredConfiguration(configure.expectedRevision() + 1, configure.content())));
            case Request.Batch batch ->
                allowed(
                        Role.APPEND,
                        new Response.BatchStored(
                                batch.records().size(),
                                batch.recordBytes(),
                                0,
                                batch.last() == null
                                        ? null
                                        : outcome(batch.last().move())));
            case Request.Move move -> allowed(Role.APPEND, new Response.Moved(outcome(move.move())));
            case Request.Annotate annotate ->
                allowed(Role.APPEND, new Response.Annotated(annotate.notes().size(), 0));
            case Request.Describe _,
                    Request.Compare _,
                    Request.Snapshots _,
                    Request.Diff _,
                    Request.Fetch _,
                    Request.Notes _ -> null;
        };
    }

    private Response allowed(Role needed, Response answer) {
        Role own = role;
        return own != null && own.includes(needed)
                ? answer
                : Problem.of(
                        ProblemCode.NOT_ALLOWED,
                        "this device may not do that there: it takes the role " + needed + " and it has " + own,
                        "Ask whoever runs the server for a code with another role ('cairn device enrol --role').");
    }

    private static BranchMove.Outcome outcome(BranchMove move) {
        if (move.target() == null) {
            throw new IllegalStateException("a push deletes no branch: " + move);
        }
        return new BranchMove.Outcome.Moved(new Branch(move.branch(), move.target(), 1));
    }
}
