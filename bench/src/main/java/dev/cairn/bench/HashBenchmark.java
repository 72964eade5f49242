package dev.cairn.bench;

import dev.cairn.bench.data.DataKind;
import dev.cairn.cas.seal.Entropy;
import dev.cairn.cas.seal.ObjectHasher;
import dev.cairn.cas.seal.RepositoryKeys;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Naming chunks: HMAC-SHA-256 of 4 MiB in chunks of 64 KiB (an operation is one MiB) and of files of 730 bytes (an operation is
 * one id), beside the bare SHA-256 of the JDK over the same chunks.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class HashBenchmark {
    private static final int MIBS = 4;
    private static final int CHUNK_BYTES = 64 << 10;
    private static final int SMALL_BYTES = 730;
    private static final int SMALL_COUNT = 1024;
    private static final long SEED = 20_26;

    private final byte[] data = DataKind.NOISE.bytes(SEED, MIBS << 20);
    private final ObjectHasher hasher =
            RepositoryKeys.generate(Entropy.system()).hasher();
    private final MessageDigest sha256;

    public HashBenchmark() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public void chunkIds(Blackhole sink) {
        for (int at = 0; at < data.length; at += CHUNK_BYTES) {
            sink.consume(hasher.chunk(data, at, CHUNK_BYTES));
        }
    }

    @Benchmark
    @OperationsPerInvocation(SMALL_COUNT)
    @Operation("id")
    public void smallIds(Blackhole sink) {
        for (int i = 0; i < SMALL_COUNT; i++) {
            sink.consume(hasher.chunk(data, i * SMALL_BYTES, SMALL_BYTES));
        }
    }

    /** The yardstick. */
    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public void bareSha256(Blackhole sink) {
        for (int at = 0; at < data.length; at += CHUNK_BYTES) {
            sha256.update(data, at, CHUNK_BYTES);
            sink.consume(sha256.digest());
        }
    }
}
