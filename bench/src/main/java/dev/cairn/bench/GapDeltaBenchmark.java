package dev.cairn.bench;

import dev.cairn.bench.data.DataKind;
import dev.cairn.delta.gap.GapDecoder;
import dev.cairn.delta.gap.GapEncoder;
import dev.cairn.delta.gap.GapFormatException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Gap deltas of 4 MiB that differ from their base in 40 bytes every 4 KiB, half of them in place and half inserted: finding what is the
 * same, writing the payload of what was found, and rebuilding. An operation is one MiB of new bytes.
 *
 * <p>The second figure, {@code payload}, counts MiB of payloads.
 */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init")
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class GapDeltaBenchmark {
    private static final int MIBS = 4;
    private static final int EDIT_EVERY_BYTES = 4 << 10;
    private static final int EDIT_BYTES = 40;
    private static final int LEVEL = 3;
    private static final int PAYLOAD_BYTES_MAX = (MIBS + 1) << 20;
    private static final long SEED = 20_26;

    @Param({"TEXT", "DUMP", "NOISE", "SPARSE"})
    DataKind kind;

    private final byte[] rebuilt = new byte[MIBS << 20];
    private byte[] base;
    private byte[] fresh;
    private byte[] payload;
    private GapEncoder encoder;
    private GapDecoder decoder;

    /** MiB of payloads written or read. */
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    @State(Scope.Thread)
    public static class Payloads {
        public double payload;
    }

    @Setup(Level.Trial)
    public void prepare() {
        base = kind.bytes(SEED, MIBS << 20);
        fresh = edited(base);
        encoder = new GapEncoder(LEVEL);
        decoder = new GapDecoder();
        match();
        payload = encoder.encode(base, fresh, PAYLOAD_BYTES_MAX).orElseThrow();
    }

    private static byte[] edited(byte[] old) {
        byte[] edited = new byte[old.length];
        byte[] noise = DataKind.NOISE.bytes(SEED + 1, old.length / EDIT_EVERY_BYTES * EDIT_BYTES);
        int from = 0;
        boolean inserted = false;
        for (int at = 0; at < edited.length; at += EDIT_EVERY_BYTES) {
            System.arraycopy(old, from, edited, at, EDIT_EVERY_BYTES);
            System.arraycopy(noise, at / EDIT_EVERY_BYTES * EDIT_BYTES, edited, at, EDIT_BYTES);
            from += inserted ? EDIT_EVERY_BYTES - EDIT_BYTES : EDIT_EVERY_BYTES;
            inserted = !inserted;
        }
        return edited;
    }

    @TearDown(Level.Trial)
    public void close() {
        encoder.close();
        decoder.close();
    }

    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public int match() {
        return encoder.match(base, base.length, fresh, 0, fresh.length).copies();
    }

    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public byte[] encode(Payloads payloads) {
        byte[] made = encoder.encode(base, fresh, PAYLOAD_BYTES_MAX).orElseThrow();
        payloads.payload += (double) made.length / (1 << 20);
        return made;
    }

    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public byte[] decode(Payloads payloads) throws GapFormatException {
        decoder.decode(payload, 0, payload.length, base, base.length, rebuilt, rebuilt.length);
        payloads.payload += (double) payload.length / (1 << 20);
        return rebuilt;
    }
}
