package dev.cairn.replicator;

import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.History;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.OperationId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.replicator.protocol.NoteDigest;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.RemoteState;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Fetches what a replica lacks of a remote and moves its own branches. The steps: ask what is there, take over a newer
 * configuration; if a branch is ahead, have the pages that differ streamed into a {@link PageSpool}, list the remote's snapshots
 * where those that came do not tell what lacks, bring them in with the chunks they need ({@link PageIntake}), and move the branches by compare-and-set.
 *
 * <p>A branch that went different ways on both sides is left alone and reported; the others are pulled all the same.
 */
public final class PullSession implements Session {

    /** What pages may take in the spool, unless told otherwise. */
    public static final long SPOOL_BYTES_MAX = 64L << 30;

    /** The most snapshots that are named as there already. */
    private static final int HAVE_MAX = 64;

    private final ObjectStore store;
    private final Replica replica;
    private final RollbackWatch watch;
    private final Set<String> asked;
    private final ProtocolLimits limits;
    private final RandomGenerator random;
    private final Path spoolFolder;
    private final long spoolBytesMax;
    private final ChunkSupply supply;
    private final TransferProgress progress;
    private final TransferCounts counts;
    private final Exchange exchange;
    private final List<Branch> remoteBranches = new ArrayList<>();
    private final Map<ObjectId, RetainedSnapshot> listed = new HashMap<>();
    private final List<Step> steps = new ArrayList<>();
    private final Set<ObjectId> lacking = new LinkedHashSet<>();
    private final NoteExchange notes;
    private History local = new History(List.of(), List.of());
    private History remote = new History(List.of(), List.of());
    private final Refusals refusals;
    private final DiffIntake diffs;
    private @Nullable PageSpool spool;
    private @Nullable RemoteState seen;
    private @Nullable NoteDigest notesThere;
    private boolean isRehearsal;

    /** The snapshots whose pages are in the spool, if it was filled before it was known what lacks. */
    private Set<ObjectId> came = Set.of();

    /**
     * A branch to move.
     *
     * @param from where it points here, null if it does not exist
     */
    private record Step(Branch to, @Nullable ObjectId from, List<ObjectId> retained) {}

    /**
     * A pull of these branches, or of all of the remote's if there are none given.
     *
     * @param limits what the server told in hello
     * @param random for ids that name the moves
     * @param spoolFolder an existing folder for pages that wait, beside the store
     * @param supply asked for chunks that lack before the remote is
     */
    public PullSession(
            Replica replica,
            List<String> branches,
            ProtocolLimits limits,
            RandomGenerator random,
            Path spoolFolder,
            long spoolBytesMax,
            ChunkSupply supply,
            TransferProgress progress) {
        this.replica = replica;
        this.store = replica.store();
        this.watch = replica.watch();
        this.asked = new LinkedHashSet<>(branches);
        this.limits = limits;
        this.random = random;
        this.spoolFolder = spoolFolder;
        this.spoolBytesMax = spoolBytesMax;
        this.supply = supply;
        this.progress = progress;
        this.counts = new TransferCounts(progress);
        this.exchange = new Exchange(counts);
        this.notes = new NoteExchange(replica, limits, exchange, counts);
        this.refusals = new Refusals(limits.ids());
        this.diffs = new DiffIntake(exchange, counts, refusals, progress);
    }

    /**
     * A pull that only finds out what it would do: it has the pages come, since they tell which chunks lack, counts these, and keeps
     * nothing. Notes are not exchanged. Snapshots that only the remote's notes forget count as wanted.
     *
     * @param spoolFolder an existing folder, anywhere, for pages while they are looked at
     */
    public static PullSession rehearsal(
            Replica replica,
            List<String> branches,
            ProtocolLimits limits,
            RandomGenerator random,
            Path spoolFolder,
            TransferProgress progress) {
        PullSession session = new PullSession(
                replica.rehearsing(),
                branches,
                limits,
                random,
                spoolFolder,
                SPOOL_BYTES_MAX,
                ChunkSupply.NONE,
                progress);
        session.isRehearsal = true;
        return session;
    }

    @Override
    public List<Action> start() {
        return run(() -> exchange.send(new Request.Describe(), this::described));
    }

    /** What the remote was when this pull asked; empty before the answer, and where it lacks something of ours. */
    public Optional<RemoteState> remote() {
        NoteDigest there = notesThere;
        boolean isSame = there == null || there.equals(NoteDigests.whole(store).first());
        return isSame ? Optional.ofNullable(seen) : Optional.empty();
    }

    @Override
    public List<Action> on(Event event) {
        return run(() -> exchange.dispatch(event));
    }

    @Override
    public void close() {
        PageSpool open = spool;
        if (open != null) {
            close(open, false);
        }
    }

    private List<Action> run(Runnable step) {
        List<Action> actions = exchange.run(step);
        PageSpool open = spool;
        if (open != null
                && !actions.isEmpty()
                && actions.getLast() instanceof Action.Fail(RuntimeException cause, var r)) {
            close(open, cause instanceof RemoteException.PeerMisbehaved || cause instanceof RemoteException.Damaged);
        }
        return actions;
    }

    /** What was spooled stays for the next try, unless it is of no use. */
    private void close(PageSpool open, boolean isUseless) {
        spool = null;
        try {
            if (isUseless) {
                open.delete();
            } else {
                open.close();
            }
        } catch (IOException e) {
            throw spoolFailed(e);
        }
    }

    private void described(Response response) {
        if (response instanceof Problem problem && problem.code() == ProblemCode.NO_REPOSITORY) {
            watch.nothingThere();
        }
        if (!(response instanceof Response.RepositoryInfo shown)) {
            throw Exchange.unexpected(response);
        }
        Response.RepositoryInfo info = isRehearsal ? shown.withoutNotes() : shown;
        local = History.of(store);
        new FirstLook(replica, exchange, notes)
                .at(info, local, name -> asked.isEmpty() || asked.contains(name), snapshots -> {
                    listed.putAll(snapshots);
                    believed(info);
                });
    }

    /** Takes over the remote's configuration and its notes, and finds out which branches are ahead. */
    private void believed(Response.RepositoryInfo info) {
        byte[] ours = store.configuration().map(StoredConfiguration::bytes).orElse(new byte[0]);
        if (Arrays.equals(info.configuration().bytes(), ours)) {
            seen = RemoteState.of(info);
            notesThere = info.notes();
        } else {
            replica.checks().adopt(info.configuration());
        }
        info.branches().stream()
                .filter(branch -> asked.isEmpty() || asked.contains(branch.name()))
                .forEach(remoteBranches::add);
        Set<String> there = new HashSet<>();
        remoteBranches.forEach(branch -> there.add(branch.name()));
        asked.stream().filter(name -> !there.contains(name)).findFirst().ifPresent(name -> {
            throw new RemoteException.Refused("the remote has no branch '" + name + "'", "Push it first.");
        });
        notes.receive(info.notes(), this::compare);
    }

    /** What was forgotten is known by now, and not fetched. */
    private void compare() {
        local = History.of(store);
        if (remoteBranches.stream().allMatch(this::isSettled)) {
            remoteBranches.forEach(this::settle);
            exchange.done();
            return;
        }
        progress.phase(remoteBranches.getFirst().name(), TransferProgress.Phase.COMPARING);
        if (listed.isEmpty()) {
            diffHeads();
        } else {
            plan();
        }
    }

    /**
     * Has the pages of the branches' snapshots come together with those of all snapshots in between: what these are is only asked where
     * that does not show.
     */
    private void diffHeads() {
        List<ObjectId> heads = remoteBranches.stream()
                .map(Branch::snapshot)
                .distinct()
                .filter(id -> !store.has(id))
                .limit(limits.ids())
                .toList();
        if (heads.isEmpty()) {
            list();
            return;
        }
        List<ObjectId> have = store.snapshots().reversed().stream()
                .map(RetainedSnapshot::snapshot)
                .limit(HAVE_MAX)
                .toList();
        diff(new DiffQuestion(heads, have, refusals.list(), true), this::headsCame);
    }

    private void headsCame(PageSpool open) {
        try {
            SpooledLineages lineages = SpooledLineages.read(open);
            came = lineages.ids();
            Map<ObjectId, RetainedSnapshot> all = lineages.with(store);
            // Those that are forgotten are among them.
            History history = new History(all.values(), List.of());
            if (lineages.isClosedIn(all) && remoteBranches.stream().allMatch(there -> isForward(there, history))) {
                listed.putAll(all);
                plan();
            } else {
                list();
            }
        } catch (IOException e) {
            throw spoolFailed(e);
        }
    }

    /** Whether a branch may follow the remote's, or need not. */
    private boolean isForward(Branch there, History all) {
        ObjectId here = here(there);
        return isSettled(there)
                || (all.contains(there.snapshot()) && (here == null || all.reaches(there.snapshot(), here)));
    }

    private void list() {
        SnapshotListing.ask(exchange, snapshots -> {
            listed.putAll(snapshots);
            plan();
        });
    }

    /** Whether the branch is where the remote's is, or ahead of it. */
    private boolean isSettled(Branch there) {
        ObjectId here = here(there);
        return here != null && local.reaches(here, there.snapshot());
    }

    private void settle(Branch there) {
        watch.confirmed(there.name(), there.snapshot(), local);
        counts.branch(new TransferResult.BranchOutcome(there.name(), here(there), false, null));
    }

    private @Nullable ObjectId here(Branch there) {
        return store.branch(there.name()).map(Branch::snapshot).orElse(null);
    }

    private void plan() {
        // Of what is forgotten here the signed notes count, not what the remote lists.
        List<RetainedSnapshot> forgotten = History.forgotten(store);
        Set<ObjectId> gone = new HashSet<>();
        forgotten.forEach(snapshot -> gone.add(snapshot.snapshot()));
        remoteBranches.forEach(branch -> gone.remove(branch.snapshot()));
        remote = new History(
                listed.values().stream()
                        .filter(snapshot -> !gone.contains(snapshot.snapshot()))
                        .toList(),
                forgotten);
        for (Branch there : remoteBranches) {
            ObjectId here = here(there);
            if (!remote.contains(there.snapshot())) {
                throw new RemoteException.PeerMisbehaved(
                        "branch '%s' at a snapshot that it does not list".formatted(there.name()), null);
            }
            if (isSettled(there)) {
                settle(there);
            } else if (here != null && !remote.reaches(there.snapshot(), here)) {
                watch.confirmed(there.name(), there.snapshot(), local);
                counts.branch(new TransferResult.BranchOutcome(
                        there.name(), here, false, "this branch has snapshots that the remote's does not follow"));
            } else {
                List<ObjectId> retained = remote.since(there.snapshot(), here);
                steps.add(new Step(there, here, retained));
                lacking.addAll(retained);
            }
        }
        lacking.retainAll(new HashSet<>(store.missing(lacking)));
        counts.snapshots(lacking);
        fetchSome();
    }

    /** Fetches as many of the lacking snapshots as one request may name, oldest first; moves the branches after the last. */
    private void fetchSome() {
        if (lacking.isEmpty()) {
            discardSpool();
            move();
            return;
        }
        List<ObjectId> want =
                lacking.stream().limit(Math.max(1, limits.ids() - HAVE_MAX)).toList();
        progress.phase(steps.getFirst().to().name(), TransferProgress.Phase.TRANSFERRING);
        counts.receiveInAll(null);
        PageSpool open = spool;
        if (open != null && came.equals(Set.copyOf(want))) {
            takeIn(want, open);
            return;
        }
        discardSpool();
        diff(
                new DiffQuestion(want, SnapshotListing.newestHeld(listed, store, HAVE_MAX), refusals.list(), false),
                next -> takeIn(want, next));
    }

    /** What came turned out not to be what lacks. */
    private void discardSpool() {
        PageSpool open = spool;
        if (open != null) {
            close(open, true);
        }
        came = Set.of();
    }

    private void diff(DiffQuestion question, Consumer<PageSpool> then) {
        try {
            PageSpool open = PageSpool.open(spoolFolder, question.spoolName(), spoolBytesMax);
            spool = open;
            diffs.ask(question, open, then);
        } catch (IOException e) {
            throw spoolFailed(e);
        }
    }

    private void takeIn(List<ObjectId> want, PageSpool open) {
        if (isRehearsal) {
            counts.lacking(new SpoolSurvey(store).chunksLacking(open));
            dealtWith(want, open);
            return;
        }
        PageIntake intake = new PageIntake(
                replica,
                limits,
                exchange,
                counts,
                open,
                Set.copyOf(want),
                refusals,
                supply,
                () -> takenIn(want, open),
                () -> compareAnew(open));
        counts.receiveInAll(intake::share);
        intake.start();
    }

    /** Some pages did not open: what the server derived from them is worth nothing. */
    private void compareAnew(PageSpool open) {
        close(open, true);
        came = Set.of();
        fetchSome();
    }

    private void takenIn(List<ObjectId> want, PageSpool open) {
        List<ObjectId> missing = store.missing(want);
        if (!missing.isEmpty()) {
            throw new RemoteException.PeerMisbehaved(
                    "%d snapshots that were asked for did not come".formatted(missing.size()), null);
        }
        dealtWith(want, open);
    }

    private void dealtWith(List<ObjectId> want, PageSpool open) {
        close(open, true);
        came = Set.of();
        want.forEach(lacking::remove);
        fetchSome();
    }

    private void move() {
        for (Step step : steps) {
            if (isRehearsal) {
                counts.branch(new TransferResult.BranchOutcome(
                        step.to().name(), step.to().snapshot(), true, null));
                continue;
            }
            progress.phase(step.to().name(), TransferProgress.Phase.MOVING);
            SnapshotListing.requireTrue(listed, step.retained(), store);
            watch.confirmed(step.to().name(), step.to().snapshot(), remote);
            BranchMove.Outcome outcome = store.move(new BranchMove(
                    step.to().name(),
                    step.from(),
                    step.to().snapshot(),
                    step.retained(),
                    new OperationId(random.nextLong(), random.nextLong())));
            counts.branch(
                    switch (outcome) {
                        case BranchMove.Outcome.Moved moved ->
                            new TransferResult.BranchOutcome(
                                    step.to().name(), moved.branch().snapshot(), true, null);
                        case BranchMove.Outcome.Deleted deleted ->
                            throw new IllegalStateException("a pull that deleted " + deleted.last());
                        case BranchMove.Outcome.Conflict(Branch current) -> conflict(step, current);
                    });
        }
        exchange.done();
    }

    /** It may have moved to where it was to go: by another pull, or by one that a crash cut off and that was recovered just now. */
    private static TransferResult.BranchOutcome conflict(Step step, @Nullable Branch current) {
        return current != null && current.snapshot().equals(step.to().snapshot())
                ? new TransferResult.BranchOutcome(step.to().name(), step.to().snapshot(), false, null)
                : new TransferResult.BranchOutcome(step.to().name(), step.from(), false, "this branch moved meanwhile");
    }

    static StoreAccessException spoolFailed(IOException cause) {
        return new StoreAccessException(
                "pages from the remote could not be kept: " + cause.getMessage(),
                "Check the free space and the permissions of the repository's folder.",
                cause);
    }
}
