package dev.cairn.replicator;

import static dev.cairn.replicator.TestSessions.done;
import static dev.cairn.replicator.TestSessions.pull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.ObjectVisitor;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.RecordRef;
import dev.cairn.replicator.protocol.ProtocolLimits;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Chunks that come ahead, and chunks that come from this machine. */
class ChunkIntakeTest {

    /** A fetch names few ids, so that a pull takes many. */
    private static final ProtocolLimits MANY_FETCHES = new ProtocolLimits(9 << 20, 8 << 20, 4096, 90, 8, 16);

    private static final ProtocolLimits ONE_BY_ONE = new ProtocolLimits(9 << 20, 8 << 20, 4096, 90, 1, 16);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 8);
    }

    private static SimulatedServer serving(TestRepository source, ProtocolLimits limits) {
        SimulatedServer server = new SimulatedServer(limits);
        server.serve(source.store);
        return server;
    }

    private static Set<ObjectId> chunks(TestRepository repository) {
        Set<ObjectId> chunks = new HashSet<>();
        repository.store.forEachObject(new ObjectVisitor() {
            @Override
            public void object(ObjectId id, ObjectType type, List<RecordRef> providers) {
                if (type == ObjectType.CHUNK) {
                    chunks.add(id);
                }
            }

            @Override
            public void damaged(CorruptDataException damage) {
                throw damage;
            }
        });
        return chunks;
    }

    /** What a repository has, as if it stood in files. */
    private static ChunkSupply supply(TestRepository from, Predicate<ObjectId> has) {
        ObjectSource objects = from.replica().objects();
        return (wanted, taker) -> {
            for (ObjectId id : wanted) {
                if (has.test(id)) {
                    PlainObject chunk = objects.read(id, ObjectType.CHUNK);
                    taker.take(from.sealer.sealRun(List.of(id), List.of(chunk)), chunk.body().length);
                }
            }
        };
    }

    private TransferResult pulled(
            TestRepository source, ProtocolLimits limits, ChunkSupply supply, BadNetwork network) {
        TestRepository local = source.emptyReplica();
        TransferResult result =
                done(network.run(pull(local, supply, limits, new SplittableRandom(2), folder), Integer.MAX_VALUE));
        local.verify(local.store, source.store.branch("main").orElseThrow().snapshot());
        return result;
    }

    @Test
    void pull_moreThanOneFetchNames_hasTheNextOneUnderWayAndReceivesHardlyAnythingTwice() {
        TestRepository source = TestRepository.make(new SplittableRandom(1));
        source.fill(3000);
        source.snapshot("main");
        BadNetwork network = new BadNetwork(serving(source, MANY_FETCHES), new SplittableRandom(3), 0);

        TransferResult result = pulled(source, MANY_FETCHES, ChunkSupply.NONE, network);

        assertThat(network.fetchesAtOnce).isEqualTo(2);
        int twice = network.fetched.size() - new HashSet<>(network.fetched).size();
        assertThat(twice).as("of %d records", network.fetched.size()).isLessThan(network.fetched.size() / 20);
        assertThat(result.requests()).isLessThan(60);
    }

    @Test
    void pull_serverTakesOneRequestAtATime_asksOneByOne() {
        TestRepository source = TestRepository.make(new SplittableRandom(4));
        source.fill(500);
        source.snapshot("main");
        BadNetwork network = new BadNetwork(serving(source, ONE_BY_ONE), new SplittableRandom(5), 0);

        pulled(source, ONE_BY_ONE, ChunkSupply.NONE, network);

        assertThat(network.fetchesAtOnce).isEqualTo(1);
        assertThat(network.fetched).doesNotHaveDuplicates();
    }

    @Test
    void pull_supplyHasSome_onlyTheOthersAreAskedFor() {
        TestRepository source = TestRepository.make(new SplittableRandom(6));
        source.fill(800);
        source.snapshot("main");
        Predicate<ObjectId> has = id -> id.word0() % 3 != 0;
        Set<ObjectId> chunks = chunks(source);
        BadNetwork network = new BadNetwork(serving(source, MANY_FETCHES), new SplittableRandom(7), 0);

        TransferResult result = pulled(source, MANY_FETCHES, supply(source, has), network);

        assertThat(network.asked).isNotEmpty().noneMatch(has);
        assertThat(result.chunksSupplied())
                .isEqualTo(chunks.stream().filter(has).count());
        assertThat(result.bytesSupplied()).isGreaterThan(600 * result.chunksSupplied());
    }

    @Test
    void pull_supplyHasAll_asksForNoChunk() {
        TestRepository source = TestRepository.make(new SplittableRandom(8));
        source.fill(300);
        source.snapshot("main");
        BadNetwork network = new BadNetwork(serving(source, MANY_FETCHES), new SplittableRandom(9), 0);

        TransferResult result = pulled(source, MANY_FETCHES, supply(source, id -> true), network);

        assertThat(network.asked).isEmpty();
        assertThat(result.chunksSupplied()).isEqualTo(chunks(source).size());
    }

    @Test
    void pull_supplyHasWhatDeltasBuildOn_onlyTheDeltasCome() {
        TestRepository source = TestRepository.make(new SplittableRandom(10)).withDeltas(2);
        source.fill(400);
        source.snapshot("old");
        Set<ObjectId> old = chunks(source);
        for (int i = 0; i < 20; i++) {
            source.change(40);
        }
        source.snapshot("main");
        TestRepository local = source.emptyReplica();
        BadNetwork network = new BadNetwork(serving(source, MANY_FETCHES), new SplittableRandom(11), 0);
        try (Session session = new PullSession(
                local.replica(),
                List.of("main"),
                MANY_FETCHES,
                new SplittableRandom(12),
                folder,
                PullSession.SPOOL_BYTES_MAX,
                supply(source, old::contains),
                TransferProgress.NONE)) {
            TransferResult result = done(network.run(session, Integer.MAX_VALUE));
            assertThat(result.deltaRecords()).isPositive();
            assertThat(result.chunksSupplied()).isPositive();
        }
        assertThat(network.asked).isNotEmpty().noneMatch(old::contains);
        local.verify(local.store, source.store.branch("main").orElseThrow().snapshot());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void pull_badNetworkCrashesAndSeedsThatChange_endsRight(long seed) {
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        TestRepository source = TestRepository.make(random.split()).withDeltas(1 + random.nextInt(4));
        BadNetwork network = new BadNetwork(serving(source, MANY_FETCHES), random.split(), random.nextDouble() * 0.5);
        TestRepository local = source.emptyReplica();
        network.client = local.store;
        source.fill(300 + random.nextInt(300));
        SplittableRandom luck = random.split();
        for (int round = 0; round < 3; round++) {
            source.change(100);
            source.edit(20);
            ObjectId head = source.snapshot("main");
            Action last = null;
            while (last == null) {
                ChunkSupply supply = supply(source, id -> luck.nextInt(3) == 0);
                try (Session session = pull(local, supply, MANY_FETCHES, random, folder)) {
                    last = network.run(session, 5 + random.nextInt(200));
                }
            }
            done(last);
            local.verify(local.store, head);
        }
        assertThat(network.fetchedAgain).isEmpty();
    }
}
