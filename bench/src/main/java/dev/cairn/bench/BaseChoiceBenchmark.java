package dev.cairn.bench;

import dev.cairn.bench.data.DataKind;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.manifest.ChunkMap;
import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Segment;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.base.BaseChoice;
import dev.cairn.cas.snapshot.base.NewRun;
import dev.cairn.cas.snapshot.base.OldVersion;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * Choosing the bases of 4 MiB of new chunks among the chunks of an older version of as many, whose bytes stand 1,000 bytes further
 * on: between known neighbours, by the anchors of the new bytes where there are none, and with the older version's anchors to be
 * made first. An operation is one MiB of new bytes. No store and no sealer: chunks are read from memory.
 */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init")
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class BaseChoiceBenchmark {
    private static final int MIBS = 4;
    private static final int CHUNK_BYTES = 256 << 10;
    private static final int INSERTED_BYTES = 1000;
    private static final long SEED = 20_26;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final Map<ObjectId, PlainObject> chunks = new HashMap<>();
    private ChunkMap old;
    private OldVersion oldVersion;
    private List<NewRun> betweenNeighbours;
    private List<NewRun> alone;

    @Setup(Level.Trial)
    public void prepare() {
        byte[] bytes = DataKind.NOISE.bytes(SEED, MIBS << 20);
        List<Segment> segments = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += CHUNK_BYTES) {
            ObjectId id = nextId();
            chunks.put(id, PlainObject.chunk(Arrays.copyOfRange(bytes, at, at + CHUNK_BYTES)));
            segments.add(new Segment.Data(id, CHUNK_BYTES));
        }
        ObjectSource source = (id, type) -> Objects.requireNonNull(chunks.get(id));
        old = ChunkMap.of(new Content.Segments(segments), source);
        oldVersion = fresh(source);
        byte[] moved = DataKind.NOISE.bytes(SEED + 1, bytes.length);
        System.arraycopy(bytes, 0, moved, INSERTED_BYTES, bytes.length - INSERTED_BYTES);
        List<NewRun.Chunk> fresh = new ArrayList<>();
        for (int at = 0; at < moved.length; at += CHUNK_BYTES) {
            fresh.add(new NewRun.Chunk(nextId(), Arrays.copyOfRange(moved, at, at + CHUNK_BYTES)));
        }
        alone = List.of(run(fresh, null, null));
        betweenNeighbours = List.of(run(
                fresh.subList(1, fresh.size() - 1),
                ((Segment.Data) segments.getFirst()).chunk(),
                ((Segment.Data) segments.getLast()).chunk()));
    }

    private static NewRun run(List<NewRun.Chunk> chunks, @Nullable ObjectId before, @Nullable ObjectId after) {
        return new NewRun(before == null ? 0 : CHUNK_BYTES, chunks, before, after);
    }

    private OldVersion fresh(ObjectSource source) {
        return new OldVersion(old, source, Cancellation.NEVER);
    }

    private ObjectId nextId() {
        ByteBuffer id = ByteBuffer.allocate(ObjectId.BYTES);
        while (id.hasRemaining()) {
            id.putLong(random.nextLong());
        }
        return ObjectId.of(id.array());
    }

    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public List<BaseChoice.Group> neighbours() {
        return new BaseChoice(oldVersion).choose(betweenNeighbours, false);
    }

    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public List<BaseChoice.Group> anchors() {
        return new BaseChoice(oldVersion).choose(alone, false);
    }

    /** On all processors. */
    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public List<BaseChoice.Group> anchorsOfBoth() {
        return new BaseChoice(fresh((id, type) -> Objects.requireNonNull(chunks.get(id)))).choose(alone, false);
    }
}
