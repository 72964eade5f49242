package dev.cairn.replicator;

import static dev.cairn.replicator.TestSessions.done;
import static dev.cairn.replicator.TestSessions.pull;
import static dev.cairn.replicator.TestSessions.push;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.OperationId;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordVisitor;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.RemoteState;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pushes that remember the remote: fewer questions where it is as remembered, the same end where it is not. */
class RememberedRemoteTest {

    /** Small, so that a few kilobytes make many windows and batches. */
    private static final ProtocolLimits SMALL = new ProtocolLimits(9 << 20, 24 << 10, 7, 90, 8, 3);

    private static final ProtocolLimits LIMITS = ProtocolLimits.DEFAULT;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private SplittableRandom random = new SplittableRandom(21);
    private TestRepository local = TestRepository.make(random.split());
    private final SimulatedServer server = new SimulatedServer(LIMITS);
    private @Nullable RemoteState memory;

    @BeforeEach
    void pushOnce() {
        local.fill(400);
        local.snapshot("main");
        memory = pushed(server, null).memory;
    }

    /** What a push did and saw. */
    private record Pushed(TransferResult result, @Nullable RemoteState memory, List<Request> requests) {

        boolean isMoved() {
            return result.branches().getFirst().moved();
        }
    }

    private Pushed pushed(SimulatedServer to, @Nullable RemoteState remembered) {
        PushSession session = push(local, LIMITS, new RemoteHints(true, remembered), random);
        List<Request> requests = new ArrayList<>();
        TransferResult result = done(drive(session, to, requests));
        assertThat(result.requests()).isEqualTo(requests.size());
        return new Pushed(result, session.remote().orElse(null), requests);
    }

    /** Without faults, in order. */
    private static Action drive(PushSession session, SimulatedServer to, List<Request> requests) {
        List<Action> actions = new ArrayList<>(session.start());
        while (actions.getFirst() instanceof Action.Send(long number, Request request)) {
            actions.removeFirst();
            requests.add(request);
            for (Response response : to.answer(request, dev.cairn.replicator.protocol.Role.WRITE)) {
                actions.addAll(session.on(new Event.Answered(number, response)));
            }
        }
        return actions.getFirst();
    }

    private void assertThere(SimulatedServer where) {
        ObjectId head = local.store.branch("main").orElseThrow().snapshot();
        assertThat(where.store().branch("main").map(Branch::snapshot)).contains(head);
        local.verify(where.store(), head);
    }

    @Test
    void push_unchanged_takesOneSmallRequest() {
        Pushed again = pushed(server, memory);
        assertThat(again.requests).singleElement().isInstanceOf(Request.Compare.class);
        assertThat(again.isMoved()).isFalse();
        assertThat(again.memory).isEqualTo(memory);
    }

    @Test
    void push_small_takesOneRequest() {
        local.edit(2);
        local.snapshot("main");
        Pushed again = pushed(server, memory);
        assertThat(again.requests).singleElement().isInstanceOf(Request.Batch.class);
        assertThat(again.isMoved()).isTrue();
        assertThere(server);
        assertThat(pushed(server, again.memory).requests).hasSize(1);
    }

    @Test
    void push_large_asksOnceBeforeDataAndMovesWithTheLastBatch() {
        local.fill(4000);
        local.snapshot("main");
        Pushed again = pushed(server, memory);
        assertThat(again.requests.getFirst()).isInstanceOf(Request.Compare.class);
        assertThat(again.requests).noneMatch(Request.Move.class::isInstance);
        assertThat(again.requests.getLast())
                .isInstanceOfSatisfying(
                        Request.Batch.class, batch -> assertThat(batch.last()).isNotNull());
        assertThere(server);
    }

    /** As by "gc --repack" or "key rotate --reseal" beside it: the records that it was to send are gone, and are no damage. */
    @Test
    void push_recordsSealedAnewSinceItWasPlanned_readsThemWhereTheyAre() {
        local.fill(4000);
        local.snapshot("main");
        PushSession session = push(local, LIMITS, new RemoteHints(true, memory), random);
        AtomicInteger resealed = new AtomicInteger();
        done(drive(session, server, new ArrayList<>() {
            @Override
            public boolean add(Request request) {
                if (request instanceof Request.Batch && resealed.get() == 0) {
                    local.store.forEachRecord(EnumSet.of(RecordKind.RUN), new RecordVisitor() {
                        @Override
                        public void record(long sequence, SealedRecord record) {
                            local.store.replace(List.of(local.replica().sealer().reseal(record, "a test")));
                            resealed.incrementAndGet();
                        }

                        @Override
                        public void damaged(long sequence, CorruptDataException damage) {
                            throw damage;
                        }
                    });
                }
                return super.add(request);
            }
        }));
        assertThat(resealed).hasPositiveValue();
        assertThere(server);
    }

    @Test
    void push_nothingRemembered_smallTakesTwoRequests() {
        local.edit(2);
        local.snapshot("main");
        Pushed again = pushed(server, null);
        assertThat(again.requests).hasSize(2);
        assertThat(again.requests.getFirst()).isInstanceOf(Request.Describe.class);
        assertThere(server);
    }

    @Test
    void push_serverOfAnEarlierVersion_asksAsBefore() {
        local.edit(2);
        local.snapshot("main");
        PushSession session = push(local, LIMITS, new RemoteHints(false, null), random);
        List<Request> requests = new ArrayList<>();
        done(drive(session, server, requests));
        assertThat(requests.getLast()).isInstanceOf(Request.Move.class);
        assertThere(server);
    }

    @Test
    void push_headMovedOnByAnother_isSeenAsConflictAndStoresNothing() {
        TestRepository other = local.emptyReplica();
        done(new BadNetwork(server, random.split(), 0).run(pull(other, LIMITS, random, folder), Integer.MAX_VALUE));
        other.fill(30);
        other.snapshot("main");
        done(new BadNetwork(server, random.split(), 0).run(push(other, LIMITS, random), Integer.MAX_VALUE));
        long records = server.store().stats().records();

        assertThat(pushed(server, memory).result.hasConflict()).isTrue();
        local.edit(2);
        local.snapshot("main");
        assertThat(pushed(server, memory).result.hasConflict()).isTrue();
        assertThat(server.store().stats().records()).isEqualTo(records);
    }

    @Test
    void push_headMovedOnAndPulledSince_goesOnFromThere() {
        RemoteState old = memory;
        local.edit(2);
        local.snapshot("main");
        pushed(server, memory);
        assertThat(pushed(server, old).isMoved()).isFalse();
        local.edit(2);
        local.snapshot("main");
        Pushed again = pushed(server, old);
        assertThat(again.isMoved()).isTrue();
        assertThere(server);
    }

    @Test
    void push_serverRestoredFromAnOlderBackup_fillsItUpAgain() {
        SimulatedServer backup = new SimulatedServer(LIMITS);
        memory = pushed(backup, null).memory;
        for (int round = 0; round < 3; round++) {
            local.edit(4);
            local.snapshot("main");
            memory = pushed(server, null).memory;
        }
        assertThat(pushed(backup, memory).isMoved()).isTrue();
        assertThere(backup);
        assertThat(pushed(new SimulatedServer(LIMITS), memory).isMoved())
                .as("wiped")
                .isTrue();
    }

    @Test
    void push_fewerChangesOfTheConfigurationThanRemembered_asksFirst() {
        SimulatedServer backup = new SimulatedServer(LIMITS);
        pushed(backup, null);
        StoredConfiguration configuration = local.store.configuration().orElseThrow();
        assertThat(local.store.configure(configuration.revision(), configuration.bytes()))
                .isTrue();
        memory = pushed(server, memory).memory;
        local.edit(1);
        local.snapshot("main");
        Pushed small = pushed(backup, memory);
        assertThat(small.requests.getFirst()).isInstanceOf(Request.Batch.class);
        assertThat(small.requests.get(1)).isInstanceOf(Request.Describe.class);
        assertThat(backup.store().configuration().orElseThrow().bytes()).isEqualTo(configuration.bytes());
        assertThere(backup);
    }

    @Test
    void push_anotherRepositoryUnderThatName_sendsItNothing() {
        TestRepository stranger = TestRepository.make(random.split());
        stranger.fill(20);
        stranger.snapshot("main");
        SimulatedServer taken = new SimulatedServer(LIMITS);
        done(new BadNetwork(taken, random.split(), 0).run(push(stranger, LIMITS, random), Integer.MAX_VALUE));
        long records = taken.store().stats().records();

        assertThatThrownBy(() -> pushed(taken, memory)).hasRootCauseInstanceOf(RemoteException.Refused.class);
        local.edit(1);
        local.snapshot("main");
        assertThatThrownBy(() -> pushed(taken, memory)).hasRootCauseInstanceOf(RemoteException.Refused.class);
        assertThat(taken.store().stats().records()).isEqualTo(records);
    }

    @Test
    void push_answerLostAndBatchRepeated_isStillToldAsMoved() {
        local.edit(2);
        local.snapshot("main");
        PushSession session = push(local, LIMITS, new RemoteHints(true, memory), random);
        Action.Send send = (Action.Send) session.start().getFirst();
        server.answer(send.request(), dev.cairn.replicator.protocol.Role.WRITE);
        List<Response> second = server.answer(send.request(), dev.cairn.replicator.protocol.Role.WRITE);
        List<Action> end = session.on(new Event.Answered(send.number(), second.getFirst()));
        assertThat(done(end.getFirst()).branches().getFirst().moved()).isTrue();
        assertThere(server);
    }

    @Test
    void push_serverPassesTheMoveOver_movesByItself() {
        local.edit(2);
        local.snapshot("main");
        PushSession session = push(local, LIMITS, new RemoteHints(true, memory), random);
        Action.Send send = (Action.Send) session.start().getFirst();
        List<Action> next = session.on(new Event.Answered(send.number(), new Response.BatchStored(1, 1, 1)));
        assertThat(next)
                .singleElement()
                .isInstanceOfSatisfying(
                        Action.Send.class, move -> assertThat(move.request()).isInstanceOf(Request.Move.class));
    }

    @Test
    void push_serverAnswersSomethingElse_isRefused() {
        PushSession session = push(local, LIMITS, new RemoteHints(true, memory), random);
        Action.Send send = (Action.Send) session.start().getFirst();
        List<Action> end = session.on(new Event.Answered(send.number(), new Response.MissingIds(List.of())));
        assertThat(end)
                .singleElement()
                .isInstanceOfSatisfying(
                        Action.Fail.class,
                        fail -> assertThat(fail.cause()).isInstanceOf(RemoteException.PeerMisbehaved.class));
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 10);
    }

    /** Any memory, right, old or of another server, over a bad network, with crashes. */
    @ParameterizedTest
    @MethodSource("seeds")
    void push_anyMemoryAndBadNetwork_endsRight(long seed) {
        System.out.println("seed=" + seed);
        random = new SplittableRandom(seed);
        local = TestRepository.make(random.split());
        SimulatedServer[] servers = {new SimulatedServer(SMALL), new SimulatedServer(SMALL)};
        List<RemoteState> memories = new ArrayList<>();
        local.fill(40 + random.nextInt(150));
        for (int round = 0; round < 6; round++) {
            for (int snapshots = random.nextInt(3) + (round == 0 ? 1 : 0); snapshots > 0; snapshots--) {
                local.edit(1 + random.nextInt(4));
                local.snapshot(random.nextInt(3) == 0 ? "other" : "main");
            }
            SimulatedServer to = servers[random.nextInt(2)];
            BadNetwork network = new BadNetwork(to, random.split(), random.nextDouble() * 0.5);
            Action last = null;
            while (last == null) {
                RemoteState remembered = memories.isEmpty() || random.nextInt(4) == 0
                        ? null
                        : memories.get(random.nextInt(Math.max(0, memories.size() - 4), memories.size()));
                PushSession session = push(local, SMALL, new RemoteHints(true, remembered), random);
                last = network.run(session, 1 + random.nextInt(60));
                session.remote().ifPresent(memories::add);
            }
            assertThat(done(last).hasConflict()).isFalse();
            for (Branch branch : local.store.branches()) {
                assertThat(to.store().branch(branch.name()).orElseThrow().snapshot())
                        .isEqualTo(branch.snapshot());
                local.verify(to.store(), branch.snapshot());
            }
            assertThat(to.store().snapshots()).isEqualTo(local.store.snapshots());
        }
    }

    /** As after a crash between the commits of volume and index: the first write of the next pull recovers the move of the last. */
    @Test
    void pull_branchWasMovedToTheSamePlaceMeanwhile_isNoConflict() {
        TestRepository reader = local.emptyReplica();
        Replica real = reader.replica();
        Replica raced = new Replica(movedBefore(reader.store), real.sealer(), real.objects(), real.checks());
        Session session = pull(raced, ChunkSupply.NONE, LIMITS, random, folder);
        TransferResult result = done(new BadNetwork(server, random.split(), 0).run(session, Integer.MAX_VALUE));
        ObjectId head = local.store.branch("main").orElseThrow().snapshot();
        assertThat(result.branches()).containsExactly(new TransferResult.BranchOutcome("main", head, false, null));
        assertThat(reader.store.branch("main").map(Branch::snapshot)).contains(head);
    }

    /** A store where somebody else makes each move right before. */
    private static ObjectStore movedBefore(ObjectStore store) {
        return (ObjectStore) Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, arguments) -> {
                    if (arguments != null && arguments[0] instanceof BranchMove move) {
                        store.move(new BranchMove(
                                move.branch(), move.expected(), move.target(), move.retained(), new OperationId(1, 2)));
                    }
                    return method.invoke(store, arguments);
                });
    }
}
