package dev.cairn.bench;

import dev.cairn.bench.data.DataKind;
import dev.cairn.delta.RabinKarp;
import dev.cairn.delta.RollingChecksum;
import dev.cairn.delta.Rollsum;
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

/**
 * The weak sums of signatures over 4 MiB of noise: a block at a time, as a signature is made, and moved along byte by byte, as a
 * delta looks for blocks. An operation is one MiB.
 */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init")
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RollingChecksumBenchmark {
    private static final int MIBS = 4;
    private static final int BLOCK_BYTES = 2048;
    private static final long SEED = 20_26;

    @Param({"rollsum", "rabinkarp"})
    String sum;

    private final byte[] data = DataKind.NOISE.bytes(SEED, MIBS << 20);
    private RollingChecksum checksum;

    @Setup
    public void prepare() {
        checksum = switch (sum) {
            case "rollsum" -> new Rollsum();
            case "rabinkarp" -> new RabinKarp();
            default -> throw new IllegalArgumentException("no rolling checksum is called " + sum);
        };
    }

    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public int blocks() {
        int all = 0;
        for (int at = 0; at < data.length; at += BLOCK_BYTES) {
            checksum.reset();
            checksum.append(data, at, BLOCK_BYTES);
            all ^= checksum.value();
        }
        return all;
    }

    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public int roll() {
        checksum.reset();
        checksum.append(data, 0, BLOCK_BYTES);
        int all = checksum.value();
        for (int at = BLOCK_BYTES; at < data.length; at++) {
            checksum.roll(data[at - BLOCK_BYTES], data[at]);
            all ^= checksum.value();
        }
        return all;
    }
}
