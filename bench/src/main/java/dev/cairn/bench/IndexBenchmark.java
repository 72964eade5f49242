package dev.cairn.bench;

import dev.cairn.bench.data.Rehearsal;
import dev.cairn.bench.data.SampleRecords;
import dev.cairn.bench.data.Scratch;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.lmdb.LmdbObjectStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * The index of the store on LMDB, by random ids: adding 16,384 of them in one durable commit of records that are hardly more than
 * their headers, into a store that is empty at the start of each iteration; and looking ids up among 131,072. An operation is one
 * id. {@link #lookupOneByOne} opens a transaction for each, the others one for 1,024.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class IndexBenchmark {
    private static final int RECORDS = 16;
    private static final int CHUNKS_EACH = 1024;
    private static final int IDS = RECORDS * CHUNKS_EACH;
    private static final int PREPARED_COMMITS = 8;
    private static final int LOOKUPS = 1024;
    private static final int BODY_BYTES = 64;
    private static final long SEED = 20_26;
    private static final RepositoryId REPOSITORY = new RepositoryId(new ObjectId(1, 2, 3, 4));

    /** A store that grows, emptied for each iteration, and ids that it never saw. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init")
    public static class Growing {
        private final SampleRecords samples = new SampleRecords(SEED, BODY_BYTES);
        private Scratch scratch;
        private ObjectStore store;
        private List<SealedRecord> records;

        @Setup(Level.Iteration)
        public void open() throws IOException {
            scratch = Scratch.make();
            store = LmdbObjectStore.create(scratch.path("store"), REPOSITORY, LmdbObjectStore.Options.DEFAULT);
        }

        @Setup(Level.Invocation)
        public void draw() {
            records = samples.records(RECORDS, CHUNKS_EACH);
        }

        @TearDown(Level.Iteration)
        public void close() throws IOException {
            store.close();
            scratch.close();
        }
    }

    /** A store that is only read. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init")
    public static class Filled {
        private Scratch scratch;
        private ObjectStore store;
        private List<ObjectId> present;
        private List<ObjectId> absent;

        @Setup
        public void fill() throws IOException {
            scratch = Scratch.make();
            store = LmdbObjectStore.create(scratch.path("store"), REPOSITORY, LmdbObjectStore.Options.DEFAULT);
            SampleRecords samples = new SampleRecords(SEED, BODY_BYTES);
            SplittableRandom random = new SplittableRandom(SEED);
            List<List<SealedRecord>> commits = new ArrayList<>();
            for (int i = 0; i < Rehearsal.size(PREPARED_COMMITS); i++) {
                commits.add(samples.records(RECORDS, CHUNKS_EACH));
                store.commit(commits.getLast());
            }
            present = random.ints(LOOKUPS, 0, commits.size() * IDS)
                    .mapToObj(i -> commits.get(i / IDS)
                            .get(i % IDS / CHUNKS_EACH)
                            .header()
                            .provided()
                            .get(i % CHUNKS_EACH)
                            .id())
                    .toList();
            absent = samples.ids(LOOKUPS);
        }

        @TearDown
        public void close() throws IOException {
            store.close();
            scratch.close();
        }
    }

    @Benchmark
    @OperationsPerInvocation(IDS)
    @Operation("id")
    public ObjectStore.CommitReceipt insert(Growing growing) {
        return growing.store.commit(growing.records);
    }

    @Benchmark
    @OperationsPerInvocation(LOOKUPS)
    @Operation("id")
    public List<ObjectId> lookupPresent(Filled filled) {
        return filled.store.missing(filled.present);
    }

    @Benchmark
    @OperationsPerInvocation(LOOKUPS)
    @Operation("id")
    public List<ObjectId> lookupAbsent(Filled filled) {
        return filled.store.missing(filled.absent);
    }

    @Benchmark
    @OperationsPerInvocation(LOOKUPS)
    @Operation("id")
    public void lookupOneByOne(Filled filled, Blackhole sink) {
        for (ObjectId id : filled.present) {
            sink.consume(filled.store.has(id));
        }
    }
}
