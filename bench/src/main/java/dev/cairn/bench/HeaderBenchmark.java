package dev.cairn.bench;

import dev.cairn.cas.ChildSource;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.UnspeltHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The clear header of a delta with 4,096 bases, named by their places on 16 pages, one span or many a page, or one by one: making
 * and writing it, reading it, and spelling the bases out. An operation is one base. A server does the latter two for every record
 * that comes.
 */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init")
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class HeaderBenchmark {
    private static final int BASES = 4096;
    private static final int PAGES = 16;
    private static final int ON_A_PAGE = BASES / PAGES;
    private static final String WHERE = "a benchmark";
    private static final long SEED = 20_26;

    /** How the bases follow one another. */
    public enum Order {
        /** As on the pages: a span a page. */
        PAGES,
        /** Backwards: a span a base. */
        SCATTERED,
        /** On none of the pages. */
        LITERAL
    }

    @Param({"PAGES", "SCATTERED", "LITERAL"})
    Order order;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final Map<ObjectId, List<ObjectId>> children = new HashMap<>();
    private final ChildSource known = page -> children.getOrDefault(page, List.of());
    private List<ObjectId> chunks;
    private List<ObjectId> bases;
    private List<ObjectId> pages;
    private byte[] encoded;

    @Setup(Level.Trial)
    public void prepare() {
        chunks = ids(ON_A_PAGE);
        pages = order == Order.LITERAL ? List.of() : ids(PAGES);
        List<ObjectId> all = new ArrayList<>();
        for (ObjectId page : pages) {
            children.put(page, ids(ON_A_PAGE));
            all.addAll(children.get(page));
        }
        bases = switch (order) {
            case PAGES -> all;
            case SCATTERED -> all.reversed();
            case LITERAL -> ids(BASES);
        };
        encoded = write();
    }

    private List<ObjectId> ids(int count) {
        List<ObjectId> ids = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ByteBuffer id = ByteBuffer.allocate(ObjectId.BYTES);
            while (id.hasRemaining()) {
                id.putLong(random.nextLong());
            }
            ids.add(ObjectId.of(id.array()));
        }
        return List.copyOf(ids);
    }

    @Benchmark
    @OperationsPerInvocation(BASES)
    @Operation("base")
    public byte[] write() {
        return RecordHeader.delta(RecordHeader.SUITE_XAES_256_GCM, 1, chunks, bases, pages, known)
                .encode();
    }

    @Benchmark
    @OperationsPerInvocation(BASES)
    @Operation("base")
    public UnspeltHeader read() {
        return UnspeltHeader.read(ByteBuffer.wrap(encoded), WHERE);
    }

    @Benchmark
    @OperationsPerInvocation(BASES)
    @Operation("base")
    public RecordHeader readAndSpellOut() {
        return RecordHeader.parse(ByteBuffer.wrap(encoded), WHERE, known);
    }
}
