package dev.cairn.bench;

import dev.cairn.bench.data.DataKind;
import dev.cairn.delta.rdiff.Basis;
import dev.cairn.delta.rdiff.DeltaWriter;
import dev.cairn.delta.rdiff.Patch;
import dev.cairn.delta.rdiff.Signature;
import dev.cairn.delta.rdiff.SignatureKind;
import dev.cairn.delta.rdiff.SignatureParameters;
import dev.cairn.delta.rdiff.SignatureWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
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
 * librsync's formats on rows of a dump: the signature of 8 MiB, the delta of a version with an edit every 64 KiB, and the patch
 * that applies it. An operation is one MiB of the new file, which is as long as the old one.
 */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init")
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RdiffBenchmark {
    private static final int MIBS = 8;
    private static final int EDIT_EVERY_BYTES = 64 << 10;
    private static final int EDIT_BYTES = 40;
    private static final long SEED = 20_26;

    private final byte[] old = DataKind.DUMP.bytes(SEED, MIBS << 20);
    private final byte[] changed = old.clone();
    private final SignatureParameters parameters =
            SignatureParameters.recommended(SignatureKind.RABINKARP_BLAKE2, old.length);
    private Signature signature;
    private byte[] delta;

    @Setup
    public void prepare() throws IOException {
        for (int at = EDIT_EVERY_BYTES / 2; at < changed.length; at += EDIT_EVERY_BYTES) {
            System.arraycopy(DataKind.NOISE.bytes(SEED + at, EDIT_BYTES), 0, changed, at, EDIT_BYTES);
        }
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        SignatureWriter.write(new ByteArrayInputStream(old), written, parameters);
        signature = Signature.read(new ByteArrayInputStream(written.toByteArray()));
        written.reset();
        DeltaWriter.write(signature, new ByteArrayInputStream(changed), written);
        delta = written.toByteArray();
    }

    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public long signature() throws IOException {
        return SignatureWriter.write(new ByteArrayInputStream(old), OutputStream.nullOutputStream(), parameters);
    }

    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public long delta() throws IOException {
        return DeltaWriter.write(signature, new ByteArrayInputStream(changed), OutputStream.nullOutputStream());
    }

    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public long patch() throws IOException {
        return Patch.apply(
                Basis.of(old), new ByteArrayInputStream(delta), OutputStream.nullOutputStream(), changed.length);
    }
}
