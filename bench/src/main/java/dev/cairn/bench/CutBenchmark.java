package dev.cairn.bench;

import dev.cairn.chunker.ChunkProfile;
import dev.cairn.chunker.GearCutter;
import dev.cairn.chunker.GearTable;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Finding the cuts of 16 MiB of noise, beside copying it: an operation is one MiB, so that ops/s are MiB/s.
 *
 * <p>{@code java -jar bench/target/benchmarks.jar CutBenchmark}
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CutBenchmark {
    private static final int MIBS = 16;
    private static final long SEED = 20_26;

    private final byte[] data = new byte[MIBS << 20];
    private final byte[] target = new byte[MIBS << 20];
    private final GearCutter cutter;

    /** The same noise and the same key in every run. */
    public CutBenchmark() {
        byte[] key = new byte[GearTable.KEY_BYTES];
        new Random(SEED).nextBytes(key);
        cutter = new GearCutter(GearTable.keyed(key), ChunkProfile.DEFAULT);
    }

    @Setup
    public void fill() {
        new Random(SEED + 1).nextBytes(data);
    }

    /** The chunks' count, so that the loop cannot be left out. */
    @Benchmark
    @OperationsPerInvocation(MIBS)
    public int cut() {
        int chunks = 0;
        int from = 0;
        while (from < data.length) {
            from += cutter.cut(data, from, data.length, true);
            chunks++;
        }
        return chunks;
    }

    /** The yardstick. */
    @Benchmark
    @OperationsPerInvocation(MIBS)
    public byte[] copy() {
        System.arraycopy(data, 0, target, 0, data.length);
        return target;
    }
}
