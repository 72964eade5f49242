package dev.cairn.replicator;

import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.History;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.OperationId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.PushId;
import dev.cairn.replicator.protocol.RemoteState;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import dev.cairn.replicator.protocol.Role;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Sends what a remote lacks and moves its branches. The steps: ask what is there, make the repository if nothing is, bring
 * its configuration up to date; then for each branch find the snapshots it lacks, upload what they need ({@link
 * BranchUpload}), and move the branch by compare-and-set.
 *
 * <p>A branch that went elsewhere on the remote is left alone and reported; the others are pushed all the same.
 */
public final class PushSession implements Session {

    /** How often the server may report that something lacks on which a batch builds. */
    private static final int GAPS_MAX = 4;

    /** The most snapshots of the remote that are compared with. */
    private static final int HAVE_MAX = 64;

    /** What a question about the remote's state has beside names and ids, with room to spare. */
    private static final int QUESTION_OVERHEAD_BYTES = 256;

    private final ObjectStore store;
    private final Sending sending;
    private final Replica replica;
    private final RollbackWatch watch;
    private final ProtocolLimits limits;
    private final RandomGenerator random;
    private final TransferProgress progress;
    private final TransferCounts counts;
    private final Exchange exchange;
    private final PushId push;
    private final RemoteHints hints;
    private final List<String> branches;
    private final Deque<String> branchesLeft = new ArrayDeque<>();
    private final ConfigurationExchange configurations;
    private final NoteExchange notes;
    private History history = new History(List.of(), List.of());
    private Role role = Role.READ;
    private final Map<String, ObjectId> remote = new HashMap<>();
    private @Nullable RemoteState seen;

    /** Whether what is remembered is worked from: all notes of ours were dealt with then. */
    private boolean isAssumed;

    private boolean isDone;

    /** Whether the server knows of damage in what it has, so that it may lack anything. */
    private boolean isMending;

    /**
     * A push of these branches, or of all of the replica's if there are none given.
     *
     * @param limits what the server told in hello
     * @param hints what is known of the remote already. What is remembered of it decides what to ask first, and nothing else
     * @param random for ids that name this push and its moves
     */
    public PushSession(
            Replica replica,
            List<String> branches,
            Sending sending,
            ProtocolLimits limits,
            RemoteHints hints,
            RandomGenerator random,
            TransferProgress progress) {
        this.hints = hints;
        this.replica = replica;
        this.store = replica.store();
        this.sending = sending;
        this.watch = replica.watch();
        this.limits = limits;
        this.random = random;
        this.progress = progress;
        this.counts = new TransferCounts(progress);
        this.exchange = new Exchange(counts);
        this.push = new PushId(random.nextLong(), random.nextLong());
        this.configurations = new ConfigurationExchange(replica, exchange);
        this.notes = new NoteExchange(replica, limits, exchange, counts);
        this.branches = branches.isEmpty()
                ? store.branches().stream().map(Branch::name).toList()
                : branches.stream().distinct().toList();
    }

    @Override
    public List<Action> start() {
        return exchange.run(() -> {
            history = History.of(store);
            RemoteState remembered = hints.remembered();
            if (remembered == null || sending != Sending.LACKING || !mayAssume(remembered)) {
                exchange.send(new Request.Describe(), this::described);
                return;
            }
            RemoteState assumed = remembered.about(branches);
            exchange.assume(new Exchange.Assumption(new Request.Compare(assumed), this::refuted));
            exchange.onceConfirmed(() -> watch.confirmed(assumed, history));
            isAssumed = true;
            admitted(remembered);
            nextBranch();
        });
    }

    private boolean mayAssume(RemoteState remembered) {
        long bytes = branches.stream()
                .mapToLong(name -> ObjectId.BYTES + 1L + name.getBytes(StandardCharsets.UTF_8).length)
                .sum();
        return remembered.repository().equals(store.repositoryId())
                && branches.size() <= ProtocolLimits.BRANCHES_MAX
                && watch.isNoStepBack(remembered.about(branches), history)
                && bytes + QUESTION_OVERHEAD_BYTES <= ProtocolLimits.STATE_BYTES_MAX;
    }

    /** The remote is not what is remembered of it: what was worked out from that does not count. */
    private void refuted(@Nullable Response actual) {
        counts.forgetBranches();
        remote.clear();
        seen = null;
        if (actual == null) {
            exchange.send(new Request.Describe(), this::described);
        } else {
            described(actual);
        }
    }

    private void done() {
        isDone = true;
        exchange.done();
    }

    /** What the remote is now, as far as this push has seen; empty before it has come to its end. */
    public Optional<RemoteState> remote() {
        RemoteState last = seen;
        if (last == null || !isDone) {
            return Optional.empty();
        }
        List<RemoteState.Head> heads = remote.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(branch -> new RemoteState.Head(branch.getKey(), branch.getValue()))
                .toList();
        return Optional.of(new RemoteState(last.repository(), last.configurationRevision(), heads));
    }

    @Override
    public List<Action> on(Event event) {
        return exchange.run(() -> exchange.dispatch(event));
    }

    @Override
    public void close() {}

    private void described(Response response) {
        if (response instanceof Problem problem && problem.code() == ProblemCode.NO_REPOSITORY) {
            watch.nothingThere();
            Request create = new Request.Create(
                    store.repositoryId(), configurations.ours().bytes());
            exchange.send(create, this::shown);
        } else {
            shown(response);
        }
    }

    private void shown(Response response) {
        if (!(response instanceof Response.RepositoryInfo info)) {
            throw Exchange.unexpected(response);
        }
        new FirstLook(replica, exchange, notes).at(info, history, branches::contains, listed -> believed(info));
    }

    private void believed(Response.RepositoryInfo info) {
        isMending = info.damagedRecords() > 0 && sending == Sending.LACKING;
        isAssumed = false;
        role = info.role();
        admitted(RemoteState.of(info));
        configurations.settle(
                info.configuration(),
                now -> seen = new RemoteState(store.repositoryId(), now.revision(), List.of()),
                () -> notes.receive(info.notes(), () -> {
                    history = History.of(store);
                    nextBranch();
                }));
    }

    private void admitted(RemoteState state) {
        seen = state;
        remote.putAll(state.branches());
        branchesLeft.clear();
        branchesLeft.addAll(branches);
    }

    private void nextBranch() {
        for (String name = branchesLeft.poll(); name != null; name = branchesLeft.poll()) {
            String branch = name;
            Branch local = store.branch(branch)
                    .orElseThrow(() -> new RemoteException.Refused(
                            "there is no branch '" + branch + "' here", "'cairn branch list' shows which there are."));
            ObjectId head = remote.get(branch);
            if (local.snapshot().equals(head) && (sending != Sending.LACKING || isMending)) {
                settled(local, false);
                return;
            } else if (local.snapshot().equals(head)) {
                outcome(local, head, false, null);
            } else if (head != null && !history.reaches(local.snapshot(), head)) {
                outcome(local, head, false, "the remote's branch has snapshots that this one does not follow");
            } else {
                progress.phase(branch, TransferProgress.Phase.COMPARING);
                compare(new PushTarget(local, head, history.since(local.snapshot(), head), false));
                return;
            }
        }
        if (isAssumed) {
            done();
        } else {
            notes.send(role, this::done);
        }
    }

    /**
     * The branch is where it should be: sends everything again, if that is wanted; or asks about everything, where the server
     * knows of damage, and sends what it lacks; or goes on.
     */
    private void settled(Branch local, boolean moved) {
        if (sending == Sending.LACKING && !isMending) {
            outcome(local, local.snapshot(), moved, null);
            nextBranch();
            return;
        }
        progress.phase(local.name(), TransferProgress.Phase.COMPARING);
        PushTarget everything = new PushTarget(local, local.snapshot(), history.since(local.snapshot(), null), true);
        everything.moved = moved;
        compare(everything);
    }

    /** Which of the snapshots does the server lack? */
    private void compare(PushTarget target) {
        target.lacking.clear();
        if (target.everything || holdsHead(target)) {
            // After a head that both sides have, nearly always none of them is there: no question.
            target.lacking.addAll(target.retained);
            upload(target);
        } else {
            compare(target, 0);
        }
    }

    /**
     * Whether the remote's branch points at a snapshot that is here too: it may have been forgotten here, and collected. After a gap
     * that is not believed.
     */
    private boolean holdsHead(PushTarget target) {
        ObjectId head = target.expected;
        return head != null && target.gaps == 0 && store.has(head);
    }

    private void compare(PushTarget target, int from) {
        if (from >= target.retained.size()) {
            upload(target);
            return;
        }
        List<ObjectId> slice = target.retained.subList(from, Math.min(target.retained.size(), from + limits.ids()));
        exchange.send(new Request.Missing(slice, push), response -> {
            if (!(response instanceof Response.MissingIds missing)) {
                throw Exchange.unexpected(response);
            }
            missing.ids().stream().filter(Set.copyOf(slice)::contains).forEach(target.lacking::add);
            compare(target, from + slice.size());
        });
    }

    private void upload(PushTarget target) {
        progress.phase(target.local.name(), TransferProgress.Phase.TRANSFERRING);
        List<ObjectId> want =
                target.retained.stream().filter(target.lacking::contains).toList();
        StoredObjects objects = new StoredObjects(store);
        counts.snapshots(want);
        List<ObjectId> have = have(target);
        counts.sendInAll(UploadEstimate.bytes(store, want, have));
        PageWalk walk = new PageWalk(objects, want, have, Long.MAX_VALUE);
        IdSet settled = BranchUpload.settled();
        Uploads uploads = new Uploads(
                replica,
                limits,
                exchange,
                counts,
                push,
                target.everything && sending == Sending.IN_PLACE,
                settled::add,
                finish(target));
        BranchUpload upload = new BranchUpload(
                store,
                objects,
                limits,
                exchange,
                push,
                walk,
                uploads,
                settled,
                holdsHead(target) && !target.everything,
                target.deltasSent(),
                id -> (target.everything && sending != Sending.LACKING) || target.named.contains(id),
                progress,
                () -> uploaded(target, uploads));
        upload.advance();
    }

    /** Snapshots that both sides hold: nothing that they reach need be looked at. After a gap that is not believed. */
    private List<ObjectId> have(PushTarget target) {
        if (target.gaps > 0 || target.everything) {
            return List.of();
        }
        Set<ObjectId> have = new LinkedHashSet<>();
        if (target.expected != null) {
            have.add(target.expected);
        }
        target.retained.reversed().stream()
                .filter(id -> !target.lacking.contains(id))
                .limit(HAVE_MAX)
                .forEach(have::add);
        remote.values().stream().limit(HAVE_MAX).forEach(have::add);
        return new ArrayList<>(have);
    }

    private void uploaded(PushTarget target, Uploads uploads) {
        if (uploads.hasGap()) {
            target.named.addAll(uploads.gapIds());
            target.deltasRefused |= uploads.hasDeltasRefused();
            again(target);
        } else if (target.everything) {
            outcome(target.local, target.expected, target.moved, null);
            nextBranch();
        } else if (uploads.outcome() != null) {
            moved(target, uploads.outcome(), target.retained.size());
        } else {
            progress.phase(target.local.name(), TransferProgress.Phase.MOVING);
            move(target, 0);
        }
    }

    /** The move that the last batch of a branch takes along; null if it has to name more than fits there. */
    private Uploads.@Nullable Finish finish(PushTarget target) {
        if (!hints.knowsStates()
                || target.everything
                || target.retained.size() > Math.min(limits.retained(), ProtocolLimits.BATCH_RETAINED_MAX)) {
            return null;
        }
        return new Uploads.Finish(
                new Request.Move(branchMove(target, target.retained, target.local.snapshot()), push, bridges(target)),
                new Request.Precondition(
                        store.repositoryId(), configurations.ours().revision()));
    }

    private BranchMove branchMove(PushTarget target, List<ObjectId> snapshots, ObjectId goal) {
        return new BranchMove(
                target.local.name(),
                target.expected,
                goal,
                snapshots.stream().filter(id -> !id.equals(goal)).toList(),
                new OperationId(random.nextLong(), random.nextLong()));
    }

    /** The server lacks what it was thought to have: compare anew, and look at everything. */
    private void again(PushTarget target) {
        target.gaps++;
        if (target.gaps > GAPS_MAX) {
            throw new RemoteException.Refused(
                    "the server keeps lacking what was sent to it", "Check the server: its copy may be damaged.");
        }
        compare(target);
    }

    /** Moves the branch, in several steps if it takes more snapshots along than one move may name. */
    private void move(PushTarget target, int from) {
        int to = Math.min(target.retained.size(), from + limits.retained());
        List<ObjectId> slice = target.retained.subList(from, to);
        boolean isLast = to == target.retained.size();
        ObjectId goal = isLast ? target.local.snapshot() : slice.getLast();
        Request.Move move = new Request.Move(branchMove(target, slice, goal), isLast ? push : null, bridges(target));
        exchange.send(move, response -> {
            switch (response) {
                case Response.Moved(BranchMove.Outcome outcome) -> moved(target, outcome, to);
                case Problem problem when problem.code() == ProblemCode.MISSING -> again(target);
                case Response other -> throw Exchange.unexpected(other);
            }
        });
    }

    /** Goes on after a move that took the first {@code to} snapshots along. */
    private void moved(PushTarget target, BranchMove.Outcome outcome, int to) {
        switch (outcome) {
            case BranchMove.Outcome.Moved moved -> {
                boolean isLast = to == target.retained.size();
                ObjectId goal = isLast ? target.local.snapshot() : target.retained.get(to - 1);
                target.expected = goal;
                remote.put(target.local.name(), goal);
                if (isLast) {
                    settled(target.local, true);
                } else {
                    move(target, to);
                }
            }
            case BranchMove.Outcome.Conflict conflict -> blocked(target, conflict.current());
            case BranchMove.Outcome.Deleted _ ->
                throw new RemoteException.PeerMisbehaved("a branch that was to move was deleted", null);
        }
    }

    /** What tells a server that a branch moves forward, where a device may not tell it what was forgotten between. */
    private List<RetainedSnapshot> bridges(PushTarget target) {
        if (role.includes(Role.WRITE)) {
            return List.of();
        }
        List<RetainedSnapshot> forgotten = history.forgottenSince(target.local.snapshot(), target.expected);
        return forgotten.subList(0, Math.min(forgotten.size(), limits.retained()));
    }

    private void blocked(PushTarget target, @Nullable Branch current) {
        ObjectId there = current == null ? null : current.snapshot();
        if (there == null) {
            remote.remove(target.local.name());
        } else {
            remote.put(target.local.name(), there);
        }
        if (target.local.snapshot().equals(there)) {
            outcome(target.local, there, false, null);
        } else {
            outcome(target.local, there, false, "the remote's branch moved meanwhile");
        }
        nextBranch();
    }

    private void outcome(Branch local, @Nullable ObjectId there, boolean moved, @Nullable String conflict) {
        if (there != null) {
            exchange.onceConfirmed(() -> watch.confirmed(local.name(), there, history));
        }
        counts.branch(new TransferResult.BranchOutcome(local.name(), there, moved, conflict));
    }
}
