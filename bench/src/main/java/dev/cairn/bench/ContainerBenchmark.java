package dev.cairn.bench;

import dev.cairn.bench.data.DataKind;
import dev.cairn.bench.data.SampleRecords;
import dev.cairn.bench.data.Scratch;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.RecordVisitor;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.lmdb.LmdbObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
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
 * Records of about 1 MiB into containers and back: {@link #write} is one durable commit of 16 (digests, checksums, volume and index,
 * both synced) beside {@link #writeFile}, the same bytes into a new file, synced once. {@link #read} fetches records one by one,
 * {@link #scan} all in the order of the disk, digests checked; both from the page cache. An operation is one MiB.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ContainerBenchmark {
    private static final int MIBS = 16;
    private static final int CHUNKS_EACH = 16;
    private static final int BODY_BYTES = (1 << 20) - 4096;
    private static final long SEED = 20_26;
    private static final RepositoryId REPOSITORY = new RepositoryId(new ObjectId(1, 2, 3, 4));

    /** A store that grows, emptied for each iteration, and records that it never saw. */
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
            records = samples.records(MIBS, CHUNKS_EACH);
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
        private final List<RecordRef> refs = new ArrayList<>();
        private Scratch scratch;
        private ObjectStore store;

        @Setup
        public void fill() throws IOException {
            scratch = Scratch.make();
            store = LmdbObjectStore.create(scratch.path("store"), REPOSITORY, LmdbObjectStore.Options.DEFAULT);
            List<SealedRecord> records = new SampleRecords(SEED, BODY_BYTES).records(MIBS, CHUNKS_EACH);
            store.commit(records);
            for (SealedRecord record : records) {
                ObjectId first = record.header().provided().getFirst().id();
                refs.add(store.providers(first).getFirst());
            }
        }

        @TearDown
        public void close() throws IOException {
            store.close();
            scratch.close();
        }
    }

    /** The bytes of as many records, and a folder for files. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init")
    public static class PlainFile {
        private final ByteBuffer bytes = ByteBuffer.wrap(DataKind.NOISE.bytes(SEED, MIBS << 20));
        private Scratch scratch;

        @Setup(Level.Iteration)
        public void open() throws IOException {
            scratch = Scratch.make();
        }

        @TearDown(Level.Iteration)
        public void close() throws IOException {
            scratch.close();
        }
    }

    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public ObjectStore.CommitReceipt write(Growing growing) {
        return growing.store.commit(growing.records);
    }

    /** The yardstick. */
    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public long writeFile(PlainFile file) throws IOException {
        file.bytes.rewind();
        try (FileChannel channel =
                FileChannel.open(file.scratch.fresh(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (file.bytes.hasRemaining()) {
                channel.write(file.bytes);
            }
            channel.force(true);
            return channel.position();
        }
    }

    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public void read(Filled filled, Blackhole sink) {
        for (RecordRef ref : filled.refs) {
            sink.consume(filled.store.read(ref));
        }
    }

    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public void scan(Filled filled, Blackhole sink) {
        filled.store.forEachRecord(EnumSet.of(RecordKind.RUN), new RecordVisitor() {
            @Override
            public void record(long sequence, SealedRecord record) {
                sink.consume(record);
            }

            @Override
            public void damaged(long sequence, CorruptDataException damage) {
                throw damage;
            }
        });
    }
}
