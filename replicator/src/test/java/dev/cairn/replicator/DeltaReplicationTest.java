package dev.cairn.replicator;

import static dev.cairn.replicator.TestSessions.done;
import static dev.cairn.replicator.TestSessions.pull;
import static dev.cairn.replicator.TestSessions.pullUntilDone;
import static dev.cairn.replicator.TestSessions.push;
import static dev.cairn.replicator.TestSessions.pushUntilDone;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.OperationId;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordVisitor;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.memory.InMemoryObjectStore;
import dev.cairn.replicator.protocol.ProtocolLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Push and pull of repositories whose chunks and pages are deltas of one another. */
@Order(1)
class DeltaReplicationTest {

    private static final ProtocolLimits SMALL = new ProtocolLimits(9 << 20, 24 << 10, 7, 90, 8, 3);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 12);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void push_badNetworkAndCrashes_endsRight(long seed) {
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        TestRepository local = TestRepository.make(random.split()).withDeltas(1 + random.nextInt(8));
        SimulatedServer server = new SimulatedServer(SMALL);
        BadNetwork network = new BadNetwork(server, random.split(), random.nextDouble() * 0.5);
        local.fill(200 + random.nextInt(200));
        for (int round = 0; round < 4; round++) {
            makeSnapshots(local, random);
            pushUntilDone(network, local, SMALL, random);
            for (Branch branch : local.store.branches()) {
                assertThat(server.store().branch(branch.name()).orElseThrow().snapshot())
                        .isEqualTo(branch.snapshot());
                local.verify(server.store(), branch.snapshot());
            }
            assertThat(server.store().snapshots()).isEqualTo(local.store.snapshots());
            assertClosed(server.store());
        }
        assertThat(count(local.store, RecordKind.DELTA)).isPositive();
        assertThat(count(local.store, RecordKind.PAGE_DELTA)).isPositive();
        assertThat(count(server.store(), RecordKind.DELTA)).isPositive();
        assertThat(count(server.store(), RecordKind.PAGE_DELTA)).isPositive();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void pull_badNetworkAndCrashes_endsRight(long seed) {
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        TestRepository source = TestRepository.make(random.split()).withDeltas(1 + random.nextInt(8));
        SimulatedServer server = new SimulatedServer(SMALL);
        server.serve(source.store);
        BadNetwork network = new BadNetwork(server, random.split(), random.nextDouble() * 0.5);
        TestRepository local = source.emptyReplica();
        source.fill(200 + random.nextInt(200));
        for (int round = 0; round < 4; round++) {
            makeSnapshots(source, random);
            pullUntilDone(network, local, SMALL, random, folder);
            for (Branch branch : source.store.branches()) {
                assertThat(local.store.branch(branch.name()).orElseThrow().snapshot())
                        .isEqualTo(branch.snapshot());
                local.verify(local.store, branch.snapshot());
            }
            assertThat(local.store.snapshots()).isEqualTo(source.store.snapshots());
            assertClosed(local.store);
        }
        assertThat(network.fetchedAgain).isEmpty();
        assertThat(count(local.store, RecordKind.DELTA)).isPositive();
    }

    private static void makeSnapshots(TestRepository repository, SplittableRandom random) {
        for (int snapshots = 1 + random.nextInt(5); snapshots > 0; snapshots--) {
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                repository.change(1 + random.nextInt(15));
            }
            repository.edit(random.nextInt(4));
            repository.snapshot(random.nextInt(3) == 0 ? "other" : "main");
        }
    }

    /** Several versions in one push: each delta comes behind the pages by which it names its bases. */
    @Test
    void push_severalVersionsAtOnce_sendsTheirDeltasWithoutAGap() {
        SplittableRandom random = new SplittableRandom(21);
        TestRepository local = TestRepository.make(random.split()).withDeltas(8);
        SimulatedServer server = new SimulatedServer(ProtocolLimits.DEFAULT);
        BadNetwork network = new BadNetwork(server, random.split(), 0);
        local.fill(300);
        local.snapshot("main");
        for (int i = 0; i < 6; i++) {
            for (int changes = 0; changes < 5; changes++) {
                local.change(80);
            }
            local.snapshot("main");
        }
        TransferResult result = done(network.run(push(local, server.limits, random), Integer.MAX_VALUE));
        assertThat(result.batchesResent()).isZero();
        assertThat(count(server.store(), RecordKind.DELTA)).isEqualTo(count(local.store, RecordKind.DELTA));
        assertThat(count(server.store(), RecordKind.PAGE_DELTA)).isEqualTo(count(local.store, RecordKind.PAGE_DELTA));
        assertThat(maxDepth(server.store())).isGreaterThan(2).isEqualTo(maxDepth(local.store));
    }

    @Test
    void push_smallChange_sendsDeltasOnly() {
        SplittableRandom random = new SplittableRandom(22);
        TestRepository local = TestRepository.make(random.split()).withDeltas(8);
        SimulatedServer server = new SimulatedServer(ProtocolLimits.DEFAULT);
        BadNetwork network = new BadNetwork(server, random.split(), 0);
        local.fill(1000);
        local.snapshot("main");
        done(network.run(push(local, server.limits, random), Integer.MAX_VALUE));
        local.change(5);
        local.snapshot("main");
        TransferResult result = done(network.run(push(local, server.limits, random), Integer.MAX_VALUE));
        assertThat(result.deltaRecords()).isGreaterThanOrEqualTo(2);
        assertThat(result.recordBytesSent()).isLessThan(5_000);
    }

    /** The server has the chunk that is asked about from elsewhere, and lacks the others of the delta. */
    @ParameterizedTest
    @MethodSource("seeds")
    void push_serverHasOneChunkOfADeltaFromAnotherRecord_comesThroughAfterTheGap(long seed) {
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        TestRepository local = TestRepository.make(random.split()).withDeltas(4);
        SimulatedServer server = new SimulatedServer(seed % 2 == 0 ? ProtocolLimits.DEFAULT : SMALL);
        BadNetwork network = new BadNetwork(server, random.split(), 0);
        local.fill(300);
        local.snapshot("main");
        done(network.run(push(local, server.limits, random), Integer.MAX_VALUE));
        for (int i = 0; i < 3; i++) {
            local.change(60);
            local.snapshot("main");
        }
        for (SealedRecord delta : records(local.store, RecordKind.DELTA)) {
            List<ObjectId> ids = delta.header().provided().stream()
                    .map(object -> object.id())
                    .toList();
            List<ObjectId> some =
                    ids.stream().filter(id -> random.nextInt(3) == 0).toList();
            if (!some.isEmpty()) {
                server.store()
                        .commit(List.of(local.sealer.resealPart(
                                delta, some, "a test", local.replica().objects())));
            }
        }
        done(network.run(push(local, server.limits, random), Integer.MAX_VALUE));
        local.verify(server.store(), local.store.branch("main").orElseThrow().snapshot());
        assertClosed(server.store());
    }

    /** The server holds the same snapshots, and lacks what the local deltas build on. */
    @ParameterizedTest
    @MethodSource("seeds")
    void push_serverLacksTheBases_getsRunsAndWholePages(long seed) {
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        TestRepository local = TestRepository.make(random.split()).withDeltas(6);
        local.fill(200);
        local.snapshot("never-pushed");
        for (int i = 0; i < 3; i++) {
            local.change(30);
            local.snapshot("never-pushed");
        }
        local.change(10);
        ObjectId head = local.snapshot("main");
        SimulatedServer server = new SimulatedServer(SMALL);
        BadNetwork network = new BadNetwork(server, random.split(), random.nextDouble() * 0.3);
        Action last = null;
        while (last == null) {
            Session session = new PushSession(
                    local.replica(),
                    List.of("main"),
                    Sending.LACKING,
                    SMALL,
                    TestSessions.NEW_TO_IT,
                    random.split(),
                    TransferProgress.NONE);
            last = network.run(session, 5 + random.nextInt(120));
        }
        done(last);
        local.verify(server.store(), head);
        assertClosed(server.store());
        assertThat(server.store().branch("never-pushed")).isEmpty();
    }

    /** A server that kept only the newest snapshot still has what its deltas build on, which nothing else reaches. */
    @ParameterizedTest
    @MethodSource("seeds")
    void pull_basesThatNoSnapshotReaches_comeInTheSameSession(long seed) {
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        TestRepository source = TestRepository.make(random.split()).withDeltas(8);
        source.fill(150 + random.nextInt(200));
        source.snapshot("old");
        for (int i = 0; i < 9; i++) {
            source.change(1 + random.nextInt(40));
            source.edit(random.nextInt(3));
            source.snapshot("old");
        }
        source.change(3);
        ObjectId head = source.snapshot("main");
        assertThat(maxDepth(source.store)).isGreaterThan(2);
        SimulatedServer server = new SimulatedServer(SMALL);
        server.serve(source.store);
        BadNetwork network = new BadNetwork(server, random.split(), random.nextDouble() * 0.4);
        TestRepository local = source.emptyReplica();
        Action last = null;
        while (last == null) {
            try (Session session = new PullSession(
                    local.replica(),
                    List.of("main"),
                    SMALL,
                    random.split(),
                    folder,
                    PullSession.SPOOL_BYTES_MAX,
                    ChunkSupply.NONE,
                    TransferProgress.NONE)) {
                last = network.run(session, 20 + random.nextInt(300));
            }
        }
        done(last);
        assertThat(local.store.branch("main").orElseThrow().snapshot()).isEqualTo(head);
        local.verify(local.store, head);
        assertClosed(local.store);
        assertThat(local.store.snapshots()).hasSize(1);
    }

    /** Chunks that are deep here and not so deep there: no depth limit is broken by putting them together. */
    @Test
    void pull_deltasOnChunksThatAreDeeperHere_becomeRunsWhereTheyWouldBeTooDeep() {
        SplittableRandom random = new SplittableRandom(31);
        TestRepository source = TestRepository.make(random.split()).withDeltas(8);
        source.fill(60);
        source.snapshot("main");
        for (int i = 0; i < 8; i++) {
            source.change(60);
            source.snapshot("main");
        }
        // This one begins where the other is deepest, and goes on from there.
        TestRepository local = source.emptyReplica();
        SimulatedServer first = new SimulatedServer(ProtocolLimits.DEFAULT);
        first.serve(source.store);
        done(new BadNetwork(first, random.split(), 0)
                .run(pull(local, ProtocolLimits.DEFAULT, random, folder), Integer.MAX_VALUE));
        InMemoryObjectStore flat = new InMemoryObjectStore(source.keys.repositoryId());
        flat.configure(0, new byte[] {1, 2, 3});
        ObjectStore from = source.store;
        ObjectSource plain = source.replica().objects();
        for (SealedRecord record : records(from, RecordKind.values())) {
            flat.commit(List.of(
                    record.header().kind().isDelta()
                            ? source.sealer.resealPart(
                                    record,
                                    record.header().provided().stream()
                                            .map(object -> object.id())
                                            .toList(),
                                    "a test",
                                    plain)
                            : record));
        }
        from.snapshots().forEach(snapshot -> moveTo(flat, snapshot.snapshot(), random));
        TestRepository other = source.on(flat).withDeltas(8);
        for (int i = 0; i < 3; i++) {
            other.change(30);
            other.snapshot("main");
        }
        assertThat(maxDepth(flat)).isPositive();
        SimulatedServer second = new SimulatedServer(ProtocolLimits.DEFAULT);
        second.serve(flat);
        done(new BadNetwork(second, random.split(), 0)
                .run(pull(local, ProtocolLimits.DEFAULT, random, folder), Integer.MAX_VALUE));
        ObjectId head = flat.branch("main").orElseThrow().snapshot();
        assertThat(local.store.branch("main").orElseThrow().snapshot()).isEqualTo(head);
        local.verify(local.store, head);
        // And the way back: a server where the same chunks are deep takes them too.
        SimulatedServer third = new SimulatedServer(ProtocolLimits.DEFAULT);
        third.serve(source.store);
        done(new BadNetwork(third, random.split(), 0)
                .run(push(other, ProtocolLimits.DEFAULT, random), Integer.MAX_VALUE));
        source.verify(source.store, head);
    }

    private static void moveTo(ObjectStore store, ObjectId snapshot, SplittableRandom random) {
        store.move(new BranchMove(
                "main",
                store.branch("main").map(Branch::snapshot).orElse(null),
                snapshot,
                List.of(),
                new OperationId(random.nextLong(), random.nextLong())));
    }

    /** Whatever a store has it has whole: children, bases, and pages that headers refer to. */
    private static void assertClosed(ObjectStore store) {
        for (SealedRecord record : records(store, RecordKind.values())) {
            Set<ObjectId> named = new HashSet<>(record.header().bases());
            named.addAll(record.header().pages());
            record.header().provided().forEach(object -> {
                named.addAll(object.nodeChildren());
                named.addAll(object.chunkChildren());
            });
            assertThat(store.missing(named)).isEmpty();
        }
    }

    private static List<SealedRecord> records(ObjectStore store, RecordKind... kinds) {
        List<SealedRecord> records = new ArrayList<>();
        store.forEachRecord(EnumSet.copyOf(List.of(kinds)), new RecordVisitor() {
            @Override
            public void record(long sequence, SealedRecord record) {
                records.add(record);
            }

            @Override
            public void damaged(long sequence, CorruptDataException damage) {
                throw damage;
            }
        });
        return records;
    }

    private static int count(ObjectStore store, RecordKind kind) {
        return records(store, kind).size();
    }

    private static int maxDepth(ObjectStore store) {
        int depth = 0;
        for (SealedRecord record : records(store, RecordKind.values())) {
            depth = Math.max(
                    depth, store.depth(record.header().provided().getFirst().id()));
        }
        return depth;
    }
}
