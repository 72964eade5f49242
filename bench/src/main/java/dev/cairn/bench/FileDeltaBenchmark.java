package dev.cairn.bench;

import dev.cairn.bench.data.DeltaPairs;
import dev.cairn.bench.data.Rehearsal;
import dev.cairn.bench.data.SampleFolder;
import dev.cairn.bench.data.Scratch;
import dev.cairn.delta.gap.GapDecoder;
import dev.cairn.delta.gap.GapEncoder;
import dev.cairn.delta.gap.GapFormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Gap deltas as a capture of real files makes them: the folders named by {@code -Dcairn.bench.v1=DIR} and {@code -Dcairn.bench.v2=DIR}
 * are captured, and of the deltas that the second one brought, 64 MiB of new bytes from all over it are made again, and rebuilt, one after the
 * other. Without the properties the two versions are made up. An operation is one delta, on one thread.
 *
 * <p>The second figures: {@code fresh} counts MiB of new bytes, {@code base} of the old ones that were looked through, {@code payload}
 * of what was written or read.
 */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init")
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class FileDeltaBenchmark {
    private static final String OLDER = "cairn.bench.v1";
    private static final String NEWER = "cairn.bench.v2";
    private static final long FRESH_BYTES = 64L << 20;
    private static final int MADE_UP_MIBS = 32;
    private static final int LEVEL = 3;
    private static final long SEED = 20_26;

    private record Made(byte[] base, byte[] fresh, byte[] payload) {}

    private final List<Made> deltas = new ArrayList<>();
    private final byte[] target = new byte[GapEncoder.FRESH_BYTES_MAX];
    private GapEncoder encoder;
    private GapDecoder decoder;
    private int next;

    /** MiB in and out. */
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    @State(Scope.Thread)
    public static class Volume {
        public double fresh;
        public double base;
        public double payload;

        private void add(Made made, int payloadBytes) {
            fresh += made.fresh.length / (double) (1 << 20);
            base += made.base.length / (double) (1 << 20);
            payload += payloadBytes / (double) (1 << 20);
        }
    }

    @Setup(Level.Trial)
    public void prepare() throws IOException {
        encoder = new GapEncoder(LEVEL);
        decoder = new GapDecoder();
        try (Scratch scratch = Scratch.make()) {
            List<Path> versions = versions(scratch);
            for (DeltaPairs.Pair pair : DeltaPairs.of(versions.getFirst(), versions.getLast(), FRESH_BYTES)) {
                deltas.add(new Made(pair.base(), pair.fresh(), made(pair.base(), pair.fresh())));
            }
        }
    }

    private static List<Path> versions(Scratch scratch) throws IOException {
        if (System.getProperty(OLDER) != null && System.getProperty(NEWER) != null) {
            return List.of(Path.of(System.getProperty(OLDER)), Path.of(System.getProperty(NEWER)));
        }
        Path older = scratch.path("v1");
        Path newer = scratch.path("v2");
        SampleFolder.oneLargeFile(older, Rehearsal.size(MADE_UP_MIBS), SEED);
        SampleFolder.oneEditedFile(newer, Rehearsal.size(MADE_UP_MIBS), SEED);
        return List.of(older, newer);
    }

    private byte[] made(byte[] base, byte[] fresh) {
        encoder.match(base, base.length, fresh, 0, fresh.length);
        return encoder.encode(base, fresh, GapEncoder.FRESH_BYTES_MAX).orElseThrow();
    }

    @TearDown(Level.Trial)
    public void close() {
        encoder.close();
        decoder.close();
    }

    private Made next() {
        next = next + 1 < deltas.size() ? next + 1 : 0;
        return deltas.get(next);
    }

    /** Finding what is the same, and writing the payload. */
    @Benchmark
    @Operation("delta")
    public byte[] make(Volume volume) {
        Made made = next();
        byte[] payload = made(made.base, made.fresh);
        volume.add(made, payload.length);
        return payload;
    }

    @Benchmark
    @Operation("delta")
    public byte[] apply(Volume volume) throws GapFormatException {
        Made made = next();
        decoder.decode(made.payload, 0, made.payload.length, made.base, made.base.length, target, made.fresh.length);
        volume.add(made, made.payload.length);
        return target;
    }
}
