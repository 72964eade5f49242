package dev.cairn.bench;

import dev.cairn.bench.data.DataKind;
import dev.cairn.bench.data.Runs;
import dev.cairn.cas.seal.Compression;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Compressing and decompressing 4 MiB of one kind of data in runs of 1 MiB, by codec and level. An operation is one MiB of plain
 * content. The compressor is reached through the sealer, so encryption is in the figure; {@code none} is what that alone costs.
 *
 * <p>The second figure, {@code stored}, counts MiB of records: stored by plain is the ratio of sizes.
 */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init")
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CompressionBenchmark {
    private static final int MIBS = 4;
    private static final int RUN_BYTES = 1 << 20;
    private static final long SEED = 20_26;

    @Param({"TEXT", "DUMP", "NOISE", "SPARSE"})
    DataKind kind;

    @Param({"none", "lz4", "zstd:1", "zstd:3", "zstd:6", "zstd:9"})
    String compression;

    private Runs runs;
    private double sealedMiB;

    /** MiB of records made or opened. */
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    @State(Scope.Thread)
    public static class Records {
        public double stored;
    }

    @Setup
    public void prepare() {
        runs = new Runs(kind.bytes(SEED, MIBS << 20), RUN_BYTES, Compression.parse(compression));
        sealedMiB = (double) runs.sealedBytes() / (1 << 20);
    }

    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public void compress(Records records, Blackhole sink) {
        runs.seal(sink::consume);
        records.stored += sealedMiB;
    }

    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public void decompress(Records records, Blackhole sink) {
        runs.open(sink::consume);
        records.stored += sealedMiB;
    }
}
