package dev.cairn.replicator;

import static dev.cairn.replicator.TestSessions.done;
import static dev.cairn.replicator.TestSessions.pull;
import static dev.cairn.replicator.TestSessions.pullUntilDone;
import static dev.cairn.replicator.TestSessions.push;
import static dev.cairn.replicator.TestSessions.pushUntilDone;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.Branch;
import dev.cairn.cas.ObjectId;
import dev.cairn.replicator.protocol.ProtocolLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReplicationSimulationTest {

    /** Small, so that a few kilobytes make many windows and batches. */
    private static final ProtocolLimits SMALL = new ProtocolLimits(9 << 20, 24 << 10, 7, 90, 8, 3);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 12);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void push_badNetworkAndCrashes_endsRightAndSendsNothingAcknowledgedAgain(long seed) {
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        TestRepository local = TestRepository.make(random.split());
        SimulatedServer server = new SimulatedServer(SMALL);
        BadNetwork network = new BadNetwork(server, random.split(), random.nextDouble() * 0.5);
        local.fill(60 + random.nextInt(200));
        for (int round = 0; round < 4; round++) {
            for (int snapshots = 1 + random.nextInt(6); snapshots > 0; snapshots--) {
                local.edit(random.nextInt(20));
                local.snapshot(random.nextInt(3) == 0 ? "other" : "main");
            }
            pushUntilDone(network, local, SMALL, random);
            for (Branch branch : local.store.branches()) {
                assertThat(server.store().branch(branch.name()).orElseThrow().snapshot())
                        .isEqualTo(branch.snapshot());
                local.verify(server.store(), branch.snapshot());
            }
            assertThat(server.store().snapshots()).isEqualTo(local.store.snapshots());
        }
        assertThat(network.sentAgain).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void pull_badNetworkAndCrashes_endsRightAndFetchesNothingCommittedAgain(long seed) throws Exception {
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        TestRepository source = TestRepository.make(random.split());
        SimulatedServer server = new SimulatedServer(SMALL);
        server.serve(source.store);
        BadNetwork network = new BadNetwork(server, random.split(), random.nextDouble() * 0.5);
        TestRepository local = source.emptyReplica();
        source.fill(60 + random.nextInt(200));
        for (int round = 0; round < 4; round++) {
            for (int snapshots = 1 + random.nextInt(6); snapshots > 0; snapshots--) {
                source.edit(random.nextInt(20));
                source.snapshot(random.nextInt(3) == 0 ? "other" : "main");
            }
            pullUntilDone(network, local, SMALL, random, folder);
            for (Branch branch : source.store.branches()) {
                assertThat(local.store.branch(branch.name()).orElseThrow().snapshot())
                        .isEqualTo(branch.snapshot());
                local.verify(local.store, branch.snapshot());
            }
            assertThat(local.store.snapshots()).isEqualTo(source.store.snapshots());
        }
        assertThat(network.fetchedAgain).isEmpty();
        assertThat(network.fetchesAtOnce).isLessThanOrEqualTo(ChunkIntake.FETCHES_MAX);
        try (var left = Files.list(folder)) {
            assertThat(left).as("spools that nobody will use").hasSizeLessThan(20);
        }
    }

    @Test
    void push_secondAfterSmallEdit_sendsOnlyTheChange() {
        SplittableRandom random = new SplittableRandom(7);
        TestRepository local = TestRepository.make(random.split());
        SimulatedServer server = new SimulatedServer(ProtocolLimits.DEFAULT);
        BadNetwork network = new BadNetwork(server, random.split(), 0);
        local.fill(2000);
        local.snapshot("main");
        TransferResult first = done(network.run(push(local, server.limits, random), Integer.MAX_VALUE));
        local.edit(1);
        local.snapshot("main");
        TransferResult second = done(network.run(push(local, server.limits, random), Integer.MAX_VALUE));
        assertThat(first.recordBytesSent()).isGreaterThan(2_000_000);
        assertThat(second.recordBytesSent()).isLessThan(first.recordBytesSent() / 20);
        assertThat(second.branches())
                .singleElement()
                .satisfies(outcome -> assertThat(outcome.moved()).isTrue());
        TransferResult third = done(network.run(push(local, server.limits, random), Integer.MAX_VALUE));
        assertThat(third.recordsSent()).isZero();
        assertThat(third.requests()).isEqualTo(1);
        assertThat(third.branches())
                .singleElement()
                .satisfies(outcome -> assertThat(outcome.moved()).isFalse());
    }

    @Test
    void push_remoteMovedElsewhere_reportsConflictAndLeavesItAlone() {
        SplittableRandom random = new SplittableRandom(8);
        TestRepository one = TestRepository.make(random.split());
        TestRepository two = one.emptyReplica();
        SimulatedServer server = new SimulatedServer(ProtocolLimits.DEFAULT);
        BadNetwork network = new BadNetwork(server, random.split(), 0);
        one.fill(50);
        ObjectId theirs = one.snapshot("main");
        two.fill(50);
        two.snapshot("main");
        two.snapshot("free");
        done(network.run(push(one, server.limits, random), Integer.MAX_VALUE));
        TransferResult result = done(network.run(push(two, server.limits, random), Integer.MAX_VALUE));
        assertThat(result.hasConflict()).isTrue();
        assertThat(server.store().branch("main").orElseThrow().snapshot()).isEqualTo(theirs);
        assertThat(server.store().branch("free")).isPresent();
    }

    @Test
    void pull_bothSidesWentOn_reportsConflictAndLeavesTheBranchAlone() {
        SplittableRandom random = new SplittableRandom(9);
        TestRepository remote = TestRepository.make(random.split());
        TestRepository local = remote.emptyReplica();
        SimulatedServer server = new SimulatedServer(ProtocolLimits.DEFAULT);
        server.serve(remote.store);
        BadNetwork network = new BadNetwork(server, random.split(), 0);
        remote.fill(50);
        remote.snapshot("main");
        done(network.run(pull(local, server.limits, random, folder), Integer.MAX_VALUE));
        remote.edit(1);
        remote.snapshot("main");
        local.fill(10);
        ObjectId ours = local.snapshot("main");
        TransferResult result = done(network.run(pull(local, server.limits, random, folder), Integer.MAX_VALUE));
        assertThat(result.hasConflict()).isTrue();
        assertThat(local.store.branch("main").orElseThrow().snapshot()).isEqualTo(ours);
    }

    @Test
    void pull_localIsAhead_movesNothing() {
        SplittableRandom random = new SplittableRandom(10);
        TestRepository remote = TestRepository.make(random.split());
        TestRepository local = remote.emptyReplica();
        SimulatedServer server = new SimulatedServer(ProtocolLimits.DEFAULT);
        server.serve(remote.store);
        BadNetwork network = new BadNetwork(server, random.split(), 0);
        remote.fill(50);
        remote.snapshot("main");
        done(network.run(pull(local, server.limits, random, folder), Integer.MAX_VALUE));
        local.fill(10);
        local.snapshot("main");
        TransferResult result = done(network.run(pull(local, server.limits, random, folder), Integer.MAX_VALUE));
        assertThat(result.hasConflict()).isFalse();
        assertThat(result.branches())
                .singleElement()
                .satisfies(outcome -> assertThat(outcome.moved()).isFalse());
    }

    /** However many snapshots lie between, and however deep their trees are. */
    @Test
    void pull_severalSnapshotsBehind_takesThreeRequestsAndOneIfNothingLacks() {
        SplittableRandom random = new SplittableRandom(11);
        TestRepository remote = TestRepository.make(random.split());
        TestRepository local = remote.emptyReplica();
        SimulatedServer server = new SimulatedServer(ProtocolLimits.DEFAULT);
        server.serve(remote.store);
        BadNetwork network = new BadNetwork(server, random.split(), 0);
        remote.fill(1500);
        for (int round = 0; round < 3; round++) {
            for (int snapshots = 0; snapshots < 4; snapshots++) {
                remote.edit(3);
                remote.snapshot("main");
                remote.edit(2);
                remote.snapshot("other");
            }
            TransferResult result = done(network.run(pull(local, server.limits, random, folder), Integer.MAX_VALUE));
            assertThat(result.requests()).as("description, pages, chunks").isEqualTo(3);
            assertThat(local.store.snapshots()).isEqualTo(remote.store.snapshots());
            assertThat(local.store.branches()).hasSameSizeAs(remote.store.branches());
        }
        TransferResult unchanged = done(network.run(pull(local, server.limits, random, folder), Integer.MAX_VALUE));
        assertThat(unchanged.requests()).isEqualTo(1);
    }

    /** A server that brings only the snapshots that were named. */
    @Test
    void pull_serverBringsNothingInBetween_asksForTheList() {
        SplittableRandom random = new SplittableRandom(12);
        TestRepository remote = TestRepository.make(random.split());
        TestRepository local = remote.emptyReplica();
        SimulatedServer server = new SimulatedServer(ProtocolLimits.DEFAULT);
        server.serve(remote.store);
        server.isOlder = true;
        BadNetwork network = new BadNetwork(server, random.split(), 0);
        remote.fill(200);
        for (int round = 0; round < 2; round++) {
            for (int snapshots = 0; snapshots < 3; snapshots++) {
                remote.edit(3);
                remote.snapshot("main");
            }
            done(network.run(pull(local, server.limits, random, folder), Integer.MAX_VALUE));
            assertThat(local.store.snapshots()).isEqualTo(remote.store.snapshots());
        }
    }
}
