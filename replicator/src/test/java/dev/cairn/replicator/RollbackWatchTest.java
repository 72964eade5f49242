package dev.cairn.replicator;

import static dev.cairn.replicator.TestSessions.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.History;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.OperationId;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.seal.ReplicaIdentity;
import dev.cairn.cas.snapshot.note.NoteBook;
import dev.cairn.cas.snapshot.note.NoteCodec;
import dev.cairn.replicator.protocol.LogHead;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.RemoteState;
import dev.cairn.replicator.protocol.Request;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that is put back, forked or emptied, before a user who saw more of it. */
class RollbackWatchTest {

    private static final ProtocolLimits LIMITS = new ProtocolLimits(9 << 20, 64 << 10, 50, 300, 8, 16);
    private static final Instant NOW = Instant.parse("2026-11-28T10:00:00Z");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final SplittableRandom random = new SplittableRandom(4);
    private final TestRepository ada = TestRepository.make(random.split());
    private final TestRepository bob = ada.emptyReplica();
    private final SimulatedServer server = new SimulatedServer(LIMITS);

    /** What the server was before Ada's second snapshot. */
    private final SimulatedServer old = new SimulatedServer(LIMITS);

    private @Nullable Sighting seen;

    @SuppressWarnings("NullAway.Init")
    private ObjectId first;

    @SuppressWarnings("NullAway.Init")
    private ObjectId second;

    @BeforeEach
    void twoSnapshotsSeen() {
        ada.fill(60);
        first = ada.snapshot("main");
        done(run(server, push(ada, watch(false)), null));
        done(run(old, push(ada, RollbackWatch.ofNothing()), null));
        ada.edit(6);
        second = ada.snapshot("main");
        RollbackWatch watch = watch(false);
        done(run(server, push(ada, watch), watch));
    }

    @Test
    void push_headIsRemembered_withItsSignedNumber() {
        assertThat(Objects.requireNonNull(seen).heads())
                .containsExactly(Map.entry("main", new Sighting.Head(second, 2, NOW)));
        assertThat(seen.repository()).isEqualTo(ada.store.repositoryId());
        assertThat(seen.configuration()).isEqualTo(1);
    }

    @Test
    void push_serverPutBack_raisesTheAlarmAndSendsNothing() {
        assertAlarm("older state", run(old, push(ada, watch(false)), null));
        assertThat(old.store().branch("main").map(Branch::snapshot)).contains(first);
        assertThat(old.objectsReceived).as("what the first push sent").doesNotContainKey(second);
    }

    /** The server is what this replica remembers of it, and was seen further: nothing may be taken for granted. */
    @Test
    void push_serverPutBackToWhatIsRemembered_raisesTheAlarmAndSendsNothing() {
        assertThat(pushRemembering(first, watch(false)).start())
                .singleElement()
                .isInstanceOfSatisfying(
                        Action.Send.class, send -> assertThat(send.request()).isInstanceOf(Request.Describe.class));
        RollbackWatch refusing = watch(false);
        assertAlarm("older state", run(old, pushRemembering(first, refusing), refusing));
        assertThat(old.store().branch("main").map(Branch::snapshot)).contains(first);
        assertThat(old.objectsReceived).doesNotContainKey(second);
        assertThat(Objects.requireNonNull(seen).heads().get("main")).isEqualTo(new Sighting.Head(second, 2, NOW));

        RollbackWatch accepting = watch(true);
        done(run(old, pushRemembering(first, accepting), accepting));
        assertThat(accepting.acceptedAlarms()).hasSize(1);
        assertThat(old.store().branch("main").map(Branch::snapshot)).contains(second);
    }

    @Test
    void push_rememberedIsOlderThanSeenAndServerIsNot_isNoAlarm() {
        TransferResult result = done(run(server, pushRemembering(first, watch(false)), null));
        assertThat(result.branches().getFirst().moved()).isFalse();
        assertThat(result.hasConflict()).isFalse();
    }

    @Test
    void push_rememberedAndConfirmed_isSeenAsIfDescribed() {
        seen = null;
        RollbackWatch watch = watch(false);
        assertThat(done(run(server, pushRemembering(second, watch), watch)).requests())
                .isEqualTo(1);
        assertThat(Objects.requireNonNull(seen).repository()).isEqualTo(ada.store.repositoryId());
        assertThat(seen.heads()).containsExactly(Map.entry("main", new Sighting.Head(second, 2, NOW)));
        ada.edit(2);
        ObjectId third = ada.snapshot("main");
        RollbackWatch next = watch(false);
        assertThat(done(run(server, pushRemembering(second, next), next)).requests())
                .isEqualTo(1);
        assertThat(seen.heads()).containsExactly(Map.entry("main", new Sighting.Head(third, 3, NOW)));
    }

    /** Only the answer that confirms counts, or an alarm would leave behind what the server never showed. */
    @Test
    void push_rememberedAndRefuted_isNotSeen() {
        Sighting before = new Sighting(
                ada.store.repositoryId(),
                1,
                Map.of("main", new Sighting.Head(first, 1, NOW)),
                new LogHead(9, "ab".repeat(32)));
        seen = before;
        RollbackWatch watch = watch(false);
        assertAlarm("no log any more", run(old, pushRemembering(second, watch), watch));
        assertThat(seen).isEqualTo(before);
    }

    @Test
    void confirmed_branchesThatStepBack_isAnAlarm() {
        History history = History.of(ada.store);
        for (@Nullable ObjectId head : new ObjectId[] {first, null}) {
            RemoteState state =
                    new RemoteState(ada.store.repositoryId(), 1, List.of(new RemoteState.Head("main", head)));
            assertThat(watch(false).isNoStepBack(state, history)).isFalse();
            assertThatThrownBy(() -> watch(false).confirmed(state, history))
                    .isInstanceOf(RemoteException.RolledBack.class);
        }
    }

    @Test
    void push_serverPutBackAndAccepted_bringsTheNewerBack() {
        RollbackWatch accepting = watch(true);
        done(run(old, push(ada, accepting), accepting));
        assertThat(accepting.acceptedAlarms()).hasSize(1);
        assertThat(old.store().branch("main").map(Branch::snapshot)).contains(second);
        done(run(old, push(ada, watch(false)), null));
    }

    @Test
    void pull_serverPutBackAndReplicaLost_raisesTheAlarmAndTakesNothing() {
        assertAlarm("older state", run(old, pull(bob, watch(false)), null));
        assertThat(bob.store.branches()).isEmpty();
        RollbackWatch accepting = watch(true);
        done(run(old, pull(bob, accepting), accepting));
        assertThat(Objects.requireNonNull(seen).heads().get("main")).isEqualTo(new Sighting.Head(first, 1, NOW));
        done(run(old, pull(bob, watch(false)), null));
    }

    @Test
    void pull_historyForked_raisesTheAlarmWhoeverAsks() {
        done(run(old, pull(bob, RollbackWatch.ofNothing()), null));
        for (int i = 0; i < 3; i++) {
            bob.fill(20 + i);
            bob.snapshot("main");
        }
        done(run(old, push(bob, RollbackWatch.ofNothing()), null));
        assertAlarm("another history", run(old, pull(ada, watch(false)), null));
        assertAlarm("another history", run(old, push(ada, watch(false)), null));
        assertAlarm("another history", run(old, pull(ada.emptyReplica(), watch(false)), null));
        assertThat(ada.store.branch("main").map(Branch::snapshot)).contains(second);
        // Accepted, it is a conflict as ever: no side is overwritten.
        RollbackWatch accepting = watch(true);
        assertThat(done(run(old, pull(ada, accepting), accepting)).hasConflict())
                .isTrue();
    }

    @Test
    void pull_othersWentOn_isNoAlarm() {
        done(run(server, pull(bob, RollbackWatch.ofNothing()), null));
        for (int i = 0; i < 3; i++) {
            bob.fill(20 + i);
            bob.snapshot("main");
        }
        done(run(server, push(bob, RollbackWatch.ofNothing()), null));
        // A push is told to pull first, as ever.
        assertThat(done(run(server, push(ada, watch(false)), null)).hasConflict())
                .isTrue();
        RollbackWatch watch = watch(false);
        assertThat(done(run(server, pull(ada.emptyReplica(), watch), watch)).branches())
                .hasSize(1);
        assertThat(Objects.requireNonNull(seen).heads())
                .hasEntrySatisfying("main", head -> assertThat(head.sequence()).isEqualTo(5));
    }

    /** What lies between is neither here nor on the server's list; the notes that forget it tell of it. */
    @Test
    void pull_whatIsBetweenWasForgotten_isNoAlarm() {
        done(run(server, pull(bob, RollbackWatch.ofNothing()), null));
        for (int i = 0; i < 3; i++) {
            bob.fill(20 + i);
            bob.snapshot("main");
        }
        ReplicaIdentity author =
                ReplicaIdentity.generate(bob.keys.roster(), "a test", Instant.EPOCH, random.split()::nextBytes);
        NoteBook notes = new NoteBook(bob.store, new NoteCodec(bob.keys), () -> author, () -> NOW);
        ObjectId head = bob.store.branch("main").orElseThrow().snapshot();
        notes.forget(bob.store.snapshots().stream()
                .filter(snapshot -> !snapshot.snapshot().equals(head))
                .toList());
        done(run(server, push(bob, RollbackWatch.ofNothing()), null));
        assertThat(server.store().snapshots()).hasSize(1);

        // A push is told to pull first, as ever.
        assertThat(done(run(server, push(ada, watch(false)), null)).hasConflict())
                .isTrue();
        RollbackWatch watch = watch(false);
        assertThat(done(run(server, pull(ada.emptyReplica(), watch), watch)).branches())
                .hasSize(1);
        assertThat(Objects.requireNonNull(seen).heads()).containsEntry("main", new Sighting.Head(head, 5, NOW));
        done(run(server, pull(ada, watch(false)), null));
        assertThat(ada.store.branch("main").map(Branch::snapshot)).contains(head);
    }

    @Test
    void push_branchOrRepositoryGone_raisesTheAlarm() {
        ada.fill(10);
        ada.snapshot("side");
        RollbackWatch watch = watch(false);
        done(run(server, push(ada, watch), watch));
        done(run(old, push(ada, List.of("main"), RollbackWatch.ofNothing()), null));
        assertAlarm("no branch 'side' any more", run(old, push(ada, watch(false)), null));
        assertAlarm("no repository any more", run(new SimulatedServer(LIMITS), push(ada, watch(false)), null));
        assertAlarm("no repository any more", run(new SimulatedServer(LIMITS), pull(ada, watch(false)), null));
        RollbackWatch accepting = watch(true);
        SimulatedServer fresh = new SimulatedServer(LIMITS);
        done(run(fresh, push(ada, accepting), accepting));
        done(run(fresh, push(ada, watch(false)), null));
    }

    @Test
    void push_repositoryOrConfigurationExchanged_raisesTheAlarm() {
        TestRepository stranger = TestRepository.make(random.split());
        stranger.fill(5);
        stranger.snapshot("main");
        SimulatedServer other = new SimulatedServer(LIMITS);
        done(run(other, push(stranger, RollbackWatch.ofNothing()), null));
        assertAlarm("had repository " + ada.store.repositoryId(), run(other, push(ada, watch(false)), null));

        ada.store.configure(1, new byte[] {7});
        RollbackWatch watch = watch(false);
        done(run(server, push(ada, watch), watch));
        done(run(old, push(ada, List.of("main"), RollbackWatch.ofNothing()), null));
        assertThat(old.store().configuration().orElseThrow().revision()).isEqualTo(2);
        SimulatedServer behind = new SimulatedServer(LIMITS);
        TestRepository replica = ada.emptyReplica();
        done(run(server, pull(replica, RollbackWatch.ofNothing()), null));
        TestRepository unconfigured = ada.emptyReplica();
        unconfigured.fill(3);
        unconfigured.snapshot("else");
        done(run(behind, push(unconfigured, RollbackWatch.ofNothing()), null));
        assertAlarm("older configuration", run(behind, pull(replica, watch(false)), null));
    }

    @Test
    void move_rewoundByADeviceThatMayWrite_isAnAlarmUntilItIsAccepted() {
        server.store().move(new BranchMove("main", second, first, List.of(), new OperationId(1, 2)));
        assertAlarm("older state", run(server, pull(ada, watch(false)), null));
        RollbackWatch accepting = watch(true);
        done(run(server, pull(ada, accepting), accepting));
        assertThat(ada.store.branch("main").map(Branch::snapshot)).contains(second);
        done(run(server, pull(ada, watch(false)), null));
    }

    @Test
    void descent_byWhatIsKnown_isDecidedOrLeftOpen() {
        ObjectId a = id(1);
        ObjectId b = id(2);
        ObjectId c = id(3);
        ObjectId side = id(4);
        History whole = new History(
                List.of(snapshot(a, 1), snapshot(b, 2, a), snapshot(c, 3, b), snapshot(side, 3, a)), List.of());
        assertThat(whole.descent(c, a, 1)).isEqualTo(History.Descent.FOLLOWS);
        assertThat(whole.descent(c, c, 3)).isEqualTo(History.Descent.FOLLOWS);
        assertThat(whole.descent(a, c, 3)).isEqualTo(History.Descent.IS_OLDER);
        assertThat(whole.descent(side, c, 3)).isEqualTo(History.Descent.IS_OLDER);
        assertThat(whole.descent(side, b, 2)).isEqualTo(History.Descent.IS_ELSEWHERE);
        assertThat(whole.descent(id(9), b, 2)).isEqualTo(History.Descent.UNKNOWN);
        // The other was forgotten, its child was not.
        assertThat(new History(List.of(snapshot(c, 3, b)), List.of()).descent(c, b, 2))
                .isEqualTo(History.Descent.FOLLOWS);
        // A snapshot between was: it may have followed the other, or not.
        assertThat(new History(List.of(snapshot(c, 9, b)), List.of()).descent(c, a, 1))
                .isEqualTo(History.Descent.UNKNOWN);
        // None can have been between.
        assertThat(new History(List.of(snapshot(c, 3, b)), List.of()).descent(c, side, 2))
                .isEqualTo(History.Descent.IS_ELSEWHERE);
    }

    @Test
    void after_anotherProcessSawMore_keepsTheFurther() {
        RepositoryId repository = ada.store.repositoryId();
        Sighting.Head further = new Sighting.Head(id(7), 70, NOW);
        Sighting.Head side = new Sighting.Head(id(8), 1, NOW);
        RollbackWatch watch = watch(false);
        done(run(server, push(ada, watch), null));
        Sighting both = Objects.requireNonNull(
                watch.after(new Sighting(repository, 9, Map.of("main", further, "side", side), null)));
        assertThat(both).isEqualTo(new Sighting(repository, 9, Map.of("main", further, "side", side), null));
    }

    @Test
    void log_cutGoneOrRewritten_isAnAlarm() {
        RepositoryId repository = ada.store.repositoryId();
        Sighting before = new Sighting(repository, 1, Map.of(), new LogHead(9, "ab".repeat(32)));
        for (@Nullable
        LogHead shown : new LogHead[] {null, new LogHead(8, "ab".repeat(32)), new LogHead(9, "ac".repeat(32))}) {
            RollbackWatch refusing = RollbackWatch.since(before, false, NOW);
            assertThatThrownBy(() -> refusing.log(shown))
                    .isInstanceOf(RemoteException.RolledBack.class)
                    .hasMessageContaining("log");
            RollbackWatch accepting = RollbackWatch.since(before, true, NOW);
            accepting.repository(repository);
            accepting.log(shown);
            assertThat(Objects.requireNonNull(accepting.after(before)).log()).isEqualTo(shown);
        }
        for (LogHead shown : List.of(new LogHead(9, "ab".repeat(32)), new LogHead(10, "ff".repeat(32)))) {
            RollbackWatch watch = RollbackWatch.since(before, false, NOW);
            watch.repository(repository);
            watch.log(shown);
            assertThat(Objects.requireNonNull(watch.after(before)).log()).isEqualTo(shown);
        }
    }

    private static ObjectId id(long number) {
        return new ObjectId(number, 0, 0, 0);
    }

    private static RetainedSnapshot snapshot(ObjectId id, long sequence, ObjectId... parents) {
        return new RetainedSnapshot(id, sequence, List.of(parents), List.of());
    }

    private RollbackWatch watch(boolean accepting) {
        return RollbackWatch.since(seen, accepting, NOW);
    }

    private Action run(SimulatedServer with, Session session, @Nullable RollbackWatch watch) {
        Action last = Objects.requireNonNull(new BadNetwork(with, random.split(), 0).run(session, Integer.MAX_VALUE));
        session.close();
        if (watch != null) {
            seen = watch.after(seen);
        }
        return last;
    }

    private Session push(TestRepository from, RollbackWatch watch) {
        return push(from, List.of(), watch);
    }

    private Session push(TestRepository from, List<String> branches, RollbackWatch watch) {
        return push(from, branches, new RemoteHints(true, null), watch);
    }

    private PushSession push(TestRepository from, List<String> branches, RemoteHints hints, RollbackWatch watch) {
        return new PushSession(
                from.replica().watching(watch),
                branches,
                Sending.LACKING,
                LIMITS,
                hints,
                random.split(),
                TransferProgress.NONE);
    }

    /** A push that remembers the remote's branch at {@code head}. */
    private PushSession pushRemembering(ObjectId head, RollbackWatch watch) {
        RemoteState remembered =
                new RemoteState(ada.store.repositoryId(), 1, List.of(new RemoteState.Head("main", head)));
        return push(ada, List.of(), new RemoteHints(true, remembered), watch);
    }

    private Session pull(TestRepository to, RollbackWatch watch) {
        return TestSessions.pull(to.replica().watching(watch), ChunkSupply.NONE, LIMITS, random, folder);
    }

    private static void assertAlarm(String words, Action last) {
        assertThat(last)
                .asInstanceOf(type(Action.Fail.class))
                .extracting(Action.Fail::cause)
                .isInstanceOf(RemoteException.RolledBack.class)
                .asInstanceOf(type(RemoteException.RolledBack.class))
                .satisfies(alarm -> assertThat(alarm).hasMessageContaining(words))
                .satisfies(alarm -> assertThat(alarm.hint()).contains("--accept-rollback"));
    }
}
