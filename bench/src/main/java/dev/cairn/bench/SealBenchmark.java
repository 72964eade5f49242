package dev.cairn.bench;

import dev.cairn.bench.data.DataKind;
import dev.cairn.bench.data.Runs;
import dev.cairn.cas.seal.Compression;
import java.util.concurrent.TimeUnit;
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
 * Sealing and opening 4 MiB of noise in records of two sizes, without compression: XAES-256-GCM, headers, padding and the copies
 * between. An operation is one MiB. {@link #openAndVerify} recomputes the ids too, as every read does.
 */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init")
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SealBenchmark {
    private static final int MIBS = 4;
    private static final long SEED = 20_26;

    @Param({"256", "1024"})
    int recordKiB;

    private Runs runs;

    @Setup
    public void prepare() {
        runs = new Runs(DataKind.NOISE.bytes(SEED, MIBS << 20), recordKiB << 10, new Compression.None());
    }

    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public void seal(Blackhole sink) {
        runs.seal(sink::consume);
    }

    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public void open(Blackhole sink) {
        runs.open(sink::consume);
    }

    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public void openAndVerify(Blackhole sink) {
        runs.open(opened -> {
            opened.verify();
            sink.consume(opened);
        });
    }
}
