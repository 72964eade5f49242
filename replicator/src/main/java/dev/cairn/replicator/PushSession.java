package dev.cairn.replicator;

import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.NoRepositoryException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.OperationId;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.PushId;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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

    /** The most steps by which the remote's configuration may be behind. */
    private static final int CONFIGURATION_STEPS_MAX = 1024;

    private final ObjectStore store;
    private final boolean resend;
    private final Replica replica;
    private final RollbackWatch watch;
    private final ProtocolLimits limits;
    private final RandomGenerator random;
    private final TransferProgress progress;
    private final TransferCounts counts;
    private final Exchange exchange;
    private final PushId push;
    private final Deque<String> branchesLeft;
    private final History history;
    private final Map<String, Branch> remote = new HashMap<>();

    /** What the push of one branch has found out. */
    private static final class Target {
        final Branch local;
        final List<ObjectId> retained;
        final Set<ObjectId> lacking = new LinkedHashSet<>();
        final Set<ObjectId> named = new LinkedHashSet<>();
        final boolean everything;
        boolean moved;

        @Nullable
        ObjectId expected;

        int gaps;
        boolean deltasRefused;

        Target(Branch local, @Nullable ObjectId expected, List<ObjectId> retained, boolean everything) {
            this.local = local;
            this.expected = expected;
            this.retained = retained;
            this.everything = everything;
        }

        BranchUpload.Deltas deltasSent() {
            // What shall come beside nonsense must not be a delta: one that is deeper than the nonsense could not.
            if (everything || deltasRefused || gaps > 1) {
                return BranchUpload.Deltas.NEVER;
            }
            return gaps == 0 ? BranchUpload.Deltas.TRUSTED : BranchUpload.Deltas.WITH_BASES;
        }
    }

    /**
     * A push of these branches, or of all of the replica's if there are none given.
     *
     * @param resend whether to send everything once more, whatever the server says that it has: a server keeps another
     *     record beside one that it has under the same ids, which may be nonsense
     * @param limits what the server told in hello
     * @param random for ids that name this push and its moves
     */
    public PushSession(
            Replica replica,
            List<String> branches,
            boolean resend,
            ProtocolLimits limits,
            RandomGenerator random,
            TransferProgress progress) {
        this.replica = replica;
        this.store = replica.store();
        this.watch = replica.watch();
        this.resend = resend;
        this.limits = limits;
        this.random = random;
        this.progress = progress;
        this.counts = new TransferCounts(progress);
        this.exchange = new Exchange(counts);
        this.push = new PushId(random.nextLong(), random.nextLong());
        this.history = new History(store.snapshots());
        this.branchesLeft = new ArrayDeque<>(
                branches.isEmpty() ? store.branches().stream().map(Branch::name).toList() : branches);
    }

    @Override
    public List<Action> start() {
        return exchange.run(() -> exchange.send(new Request.Describe(), this::described));
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
            Request create =
                    new Request.Create(store.repositoryId(), configuration().bytes());
            exchange.send(create, this::admitted);
        } else {
            admitted(response);
        }
    }

    private void admitted(Response response) {
        if (!(response instanceof Response.RepositoryInfo info)) {
            throw Exchange.unexpected(response);
        }
        watch.repository(info.repository());
        if (!info.repository().equals(store.repositoryId())) {
            throw new RemoteException.Refused(
                    "the remote has repository %s, this is repository %s"
                            .formatted(info.repository(), store.repositoryId()),
                    "Choose another repository name in the remote's URL.");
        }
        watch.log(info.log());
        info.branches().forEach(branch -> remote.put(branch.name(), branch));
        List<Branch> undecided = watch.branches(info.branches(), history, Set.copyOf(branchesLeft)::contains);
        if (undecided.isEmpty()) {
            configure(info.configuration(), CONFIGURATION_STEPS_MAX);
        } else {
            SnapshotListing.ask(exchange, snapshots -> {
                watch.listed(undecided, new History(snapshots.values()));
                configure(info.configuration(), CONFIGURATION_STEPS_MAX);
            });
        }
    }

    /** A store counts revisions one by one, so a remote that is several behind takes several steps. */
    private void configure(StoredConfiguration theirs, int stepsLeft) {
        watch.configuration(replica.checks().signedRevision(theirs));
        StoredConfiguration ours = configuration();
        if (theirs.revision() >= ours.revision()) {
            nextBranch();
            return;
        }
        if (stepsLeft == 0) {
            throw new RemoteException.PeerMisbehaved("its configuration does not come forward", null);
        }
        exchange.send(new Request.Configure(theirs.revision(), ours.bytes()), response -> {
            if (response instanceof Problem problem && problem.code() == ProblemCode.NOT_ALLOWED) {
                nextBranch();
            } else if (response instanceof Response.Configured configured) {
                configure(configured.configuration(), stepsLeft - 1);
            } else {
                throw Exchange.unexpected(response);
            }
        });
    }

    private StoredConfiguration configuration() {
        return store.configuration()
                .orElseThrow(() -> new NoRepositoryException(
                        "this place: it has no configuration", "Make one with 'cairn init'."));
    }

    private void nextBranch() {
        for (String name = branchesLeft.poll(); name != null; name = branchesLeft.poll()) {
            String branch = name;
            Branch local = store.branch(branch)
                    .orElseThrow(() -> new RemoteException.Refused(
                            "there is no branch '" + branch + "' here", "'cairn snapshots' shows which there are."));
            Branch there = remote.get(branch);
            ObjectId head = there == null ? null : there.snapshot();
            if (local.snapshot().equals(head) && resend) {
                settled(local, false);
                return;
            } else if (local.snapshot().equals(head)) {
                outcome(local, head, false, null);
            } else if (head != null && !history.reaches(local.snapshot(), head)) {
                outcome(local, head, false, "the remote's branch has snapshots that this one does not follow");
            } else {
                progress.phase(branch, TransferProgress.Phase.COMPARING);
                compare(new Target(local, head, history.since(local.snapshot(), head), false));
                return;
            }
        }
        exchange.done();
    }

    /** The branch is where it should be: sends everything again, if that is wanted, or goes on. */
    private void settled(Branch local, boolean moved) {
        if (!resend) {
            outcome(local, local.snapshot(), moved, null);
            nextBranch();
            return;
        }
        progress.phase(local.name(), TransferProgress.Phase.COMPARING);
        Target everything = new Target(local, local.snapshot(), history.since(local.snapshot(), null), true);
        everything.moved = moved;
        compare(everything);
    }

    /** Which of the snapshots does the server lack? */
    private void compare(Target target) {
        target.lacking.clear();
        if (target.everything || (target.expected != null && target.gaps == 0)) {
            // After a head that both sides have, nearly always none of them is there: no question.
            target.lacking.addAll(target.retained);
            upload(target);
        } else {
            compare(target, 0);
        }
    }

    private void compare(Target target, int from) {
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

    private void upload(Target target) {
        progress.phase(target.local.name(), TransferProgress.Phase.TRANSFERRING);
        List<ObjectId> want =
                target.retained.stream().filter(target.lacking::contains).toList();
        StoredObjects objects = new StoredObjects(store);
        PageWalk walk = new PageWalk(objects, want, have(target), Long.MAX_VALUE);
        IdSet settled = BranchUpload.settled();
        Uploads uploads = new Uploads(replica, limits, exchange, counts, push, settled::add);
        BranchUpload upload = new BranchUpload(
                store,
                objects,
                limits,
                exchange,
                push,
                walk,
                uploads,
                settled,
                target.expected != null && target.gaps == 0 && !target.everything,
                target.deltasSent(),
                id -> target.everything || target.named.contains(id),
                progress,
                () -> uploaded(target, uploads));
        upload.advance();
    }

    /** Snapshots that both sides hold: nothing that they reach need be looked at. After a gap that is not believed. */
    private List<ObjectId> have(Target target) {
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
        remote.values().stream().map(Branch::snapshot).limit(HAVE_MAX).forEach(have::add);
        return new ArrayList<>(have);
    }

    private void uploaded(Target target, Uploads uploads) {
        if (uploads.hasGap()) {
            target.named.addAll(uploads.gapIds());
            target.deltasRefused |= uploads.hasDeltasRefused();
            again(target);
        } else if (target.everything) {
            outcome(target.local, target.expected, target.moved, null);
            nextBranch();
        } else {
            progress.phase(target.local.name(), TransferProgress.Phase.MOVING);
            move(target, 0);
        }
    }

    /** The server lacks what it was thought to have: compare anew, and look at everything. */
    private void again(Target target) {
        target.gaps++;
        if (target.gaps > GAPS_MAX) {
            throw new RemoteException.Refused(
                    "the server keeps lacking what was sent to it", "Check the server: its copy may be damaged.");
        }
        compare(target);
    }

    /** Moves the branch, in several steps if it takes more snapshots along than one move may name. */
    private void move(Target target, int from) {
        int to = Math.min(target.retained.size(), from + limits.retained());
        List<ObjectId> slice = target.retained.subList(from, to);
        boolean isLast = to == target.retained.size();
        ObjectId goal = isLast ? target.local.snapshot() : slice.getLast();
        List<ObjectId> retained = slice.stream().filter(id -> !id.equals(goal)).toList();
        BranchMove move = new BranchMove(
                target.local.name(),
                target.expected,
                goal,
                retained,
                new OperationId(random.nextLong(), random.nextLong()));
        exchange.send(new Request.Move(move, isLast ? push : null), response -> {
            switch (response) {
                case Response.Moved(BranchMove.Outcome.Moved moved) -> {
                    target.expected = goal;
                    remote.put(moved.branch().name(), moved.branch());
                    if (isLast) {
                        settled(target.local, true);
                    } else {
                        move(target, to);
                    }
                }
                case Response.Moved(BranchMove.Outcome.Conflict conflict) -> blocked(target, conflict.current());
                case Problem problem when problem.code() == ProblemCode.MISSING -> again(target);
                case Response other -> throw Exchange.unexpected(other);
            }
        });
    }

    private void blocked(Target target, @Nullable Branch current) {
        ObjectId there = current == null ? null : current.snapshot();
        if (target.local.snapshot().equals(there)) {
            outcome(target.local, there, false, null);
        } else {
            outcome(target.local, there, false, "the remote's branch moved meanwhile");
        }
        nextBranch();
    }

    private void outcome(Branch local, @Nullable ObjectId there, boolean moved, @Nullable String conflict) {
        if (there != null) {
            watch.confirmed(local.name(), there, history);
        }
        counts.branch(new TransferResult.BranchOutcome(local.name(), there, moved, conflict));
    }
}
