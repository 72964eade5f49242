package dev.cairn.bench;

import dev.cairn.bench.data.DataKind;
import dev.cairn.chunker.ChunkProfile;
import dev.cairn.chunker.ChunkSlice;
import dev.cairn.chunker.Chunker;
import dev.cairn.chunker.CutResolver;
import dev.cairn.chunker.Cutter;
import dev.cairn.chunker.FastCdcCutter;
import dev.cairn.chunker.GearCutter;
import dev.cairn.chunker.GearTable;
import dev.cairn.chunker.ParallelChunker;
import dev.cairn.chunker.RegionScan;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Finding the cuts of 16 MiB of noise, beside copying it. An operation is one MiB.
 *
 * <p>{@link #cut} is the product's rule at three mean sizes, {@link #fastCdc} the published rule at the two that it has masks
 * for. {@link #stream} adds the buffer that a file is read into; {@link #regions} finds the same cuts without knowing where a
 * chunk begins, as threads that share a large file do, here on one thread; {@link #parallel} is those threads, two of them.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CutBenchmark {
    private static final int MIBS = 16;
    private static final int REGION_BYTES = 1 << 20;
    private static final long SEED = 20_26;

    /** What is cut. */
    @State(Scope.Benchmark)
    public static class Noise {
        final byte[] bytes = DataKind.NOISE.bytes(SEED, MIBS << 20);
        final GearTable table = GearTable.keyed(DataKind.NOISE.bytes(SEED + 1, GearTable.KEY_BYTES));

        int read(long position, byte[] buffer, int offset, int length) {
            int there = (int) Math.min(length, bytes.length - position);
            System.arraycopy(bytes, (int) position, buffer, offset, there);
            return there;
        }
    }

    /** The product's rule, at a mean size. */
    @State(Scope.Benchmark)
    @SuppressWarnings("NullAway.Init")
    public static class Gear {
        @Param({"16", "64", "256"})
        int meanKiB;

        GearCutter cutter;

        @Setup
        public void prepare(Noise noise) {
            int mean = meanKiB << 10;
            cutter = new GearCutter(noise.table, ChunkProfile.normalised(mean / 4, mean, mean * 4));
        }
    }

    /** The FastCDC-2020 rule, at a mean size. */
    @State(Scope.Benchmark)
    @SuppressWarnings("NullAway.Init")
    public static class FastCdc {
        @Param({"16", "64"})
        int meanKiB;

        FastCdcCutter cutter;

        @Setup
        public void prepare(Noise noise) {
            int mean = meanKiB << 10;
            cutter = new FastCdcCutter(noise.table, mean / 4, mean, mean * 4, 1);
        }
    }

    /** The profile of new repositories, with a buffer of its own. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init")
    public static class DefaultProfile {
        GearCutter cutter;
        Chunker chunker;

        @Setup
        public void prepare(Noise noise) {
            cutter = new GearCutter(noise.table, ChunkProfile.DEFAULT);
            chunker = new Chunker(cutter);
        }
    }

    /** Two threads that share a file. */
    @State(Scope.Benchmark)
    @SuppressWarnings("NullAway.Init")
    public static class TwoWorkers {
        private ExecutorService pool;
        ParallelChunker<Integer> chunker;

        @Setup
        public void prepare(Noise noise) {
            pool = Executors.newFixedThreadPool(2);
            GearCutter cutter = new GearCutter(noise.table, ChunkProfile.DEFAULT);
            chunker = new ParallelChunker<>(cutter, pool, 6, ChunkSlice::length);
        }

        @TearDown
        public void stop() {
            pool.shutdown();
        }
    }

    /** Where the yardstick copies to. */
    @State(Scope.Thread)
    public static class Target {
        final byte[] bytes = new byte[MIBS << 20];
    }

    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public int cut(Noise noise, Gear gear) {
        return chunks(noise.bytes, gear.cutter);
    }

    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public int fastCdc(Noise noise, FastCdc fastCdc) {
        return chunks(noise.bytes, fastCdc.cutter);
    }

    /** The chunks' count, so that the loop cannot be left out. */
    private static int chunks(byte[] data, Cutter cutter) {
        int chunks = 0;
        int from = 0;
        while (from < data.length) {
            from += cutter.cut(data, from, data.length, true);
            chunks++;
        }
        return chunks;
    }

    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public long stream(Noise noise, DefaultProfile profile, Blackhole sink) throws IOException {
        return profile.chunker.file(new ByteArrayInputStream(noise.bytes)::read, chunk -> sink.consume(chunk.length()));
    }

    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public void regions(Noise noise, DefaultProfile profile, Blackhole sink) {
        CutResolver resolver = new CutResolver(profile.cutter, sink::consume);
        for (int from = 0; from < noise.bytes.length; from += REGION_BYTES) {
            resolver.accept(RegionScan.of(profile.cutter, noise.bytes, from, from + REGION_BYTES, from));
        }
        resolver.finish(true);
    }

    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public long parallel(Noise noise, TwoWorkers two, Blackhole sink) throws IOException {
        return two.chunker.region(noise::read, 0, noise.bytes.length, (chunk, length) -> sink.consume(length));
    }

    /** The yardstick. */
    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public byte[] copy(Noise noise, Target target) {
        System.arraycopy(noise.bytes, 0, target.bytes, 0, target.bytes.length);
        return target.bytes;
    }
}
