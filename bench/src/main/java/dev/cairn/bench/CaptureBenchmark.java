package dev.cairn.bench;

import dev.cairn.bench.data.Rehearsal;
import dev.cairn.bench.data.SampleFolder;
import dev.cairn.bench.data.SampleRepository;
import dev.cairn.bench.data.Scratch;
import dev.cairn.bench.data.WarmCipher;
import dev.cairn.cas.snapshot.capture.CaptureResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Snapshots, from the folder to the branch that points at them, as the command makes them and with the heap that it has: 4,096 files
 * of together 16 MiB (so 256 files are a MiB), one file of 64 MiB, both into an empty repository, and the 4,096 files when nothing
 * changed. An operation is one MiB of what was captured, or one file. The folder is in the page cache; the repository is made
 * and the cipher warm before the clock runs.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xmx256m", "-XX:+UseSerialGC"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CaptureBenchmark {
    private static final int FILES = 4096;
    private static final int SMALL_MIBS = 16;
    private static final int LARGE_MIBS = 64;
    private static final long SEED = 20_26;

    /** An empty repository for each capture. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init")
    public static class Empty {
        private Scratch scratch;
        private SampleRepository repository;

        @Setup(Level.Invocation)
        public void make() throws IOException {
            scratch = Scratch.make();
            repository = SampleRepository.create(scratch.path("repository"));
        }

        @TearDown(Level.Invocation)
        public void remove() throws IOException {
            repository.close();
            scratch.close();
        }
    }

    /** Many small files. */
    @State(Scope.Benchmark)
    @SuppressWarnings("NullAway.Init")
    public static class SmallFiles {
        private Scratch scratch;
        private Path folder;

        @Setup
        public void make() throws IOException {
            scratch = Scratch.make();
            folder = scratch.path("small");
            WarmCipher.await();
            SampleFolder.manySmallFiles(folder, Rehearsal.size(FILES), Rehearsal.size(SMALL_MIBS), SEED);
        }

        @TearDown
        public void remove() throws IOException {
            scratch.close();
        }
    }

    /** A large file. */
    @State(Scope.Benchmark)
    @SuppressWarnings("NullAway.Init")
    public static class LargeFile {
        private Scratch scratch;
        private Path folder;

        @Setup
        public void make() throws IOException {
            scratch = Scratch.make();
            folder = scratch.path("large");
            WarmCipher.await();
            SampleFolder.oneLargeFile(folder, Rehearsal.size(LARGE_MIBS), SEED);
        }

        @TearDown
        public void remove() throws IOException {
            scratch.close();
        }
    }

    /** A repository that has the small files already. */
    @State(Scope.Benchmark)
    @SuppressWarnings("NullAway.Init")
    public static class Captured {
        private Scratch scratch;
        private SampleRepository repository;

        @Setup
        public void make(SmallFiles files) throws IOException, InterruptedException {
            scratch = Scratch.make();
            repository = SampleRepository.create(scratch.path("repository"));
            // A file that changed just before a capture is read again by the next.
            Thread.sleep(50);
            repository.capture(files.folder);
        }

        @TearDown
        public void remove() throws IOException {
            repository.close();
            scratch.close();
        }
    }

    @Benchmark
    @OperationsPerInvocation(SMALL_MIBS)
    @Operation(Operation.MIB)
    public CaptureResult smallFiles(SmallFiles files, Empty empty) {
        return empty.repository.capture(files.folder);
    }

    @Benchmark
    @OperationsPerInvocation(LARGE_MIBS)
    @Operation(Operation.MIB)
    public CaptureResult largeFile(LargeFile file, Empty empty) {
        return empty.repository.capture(file.folder);
    }

    @Benchmark
    @OperationsPerInvocation(FILES)
    @Operation("file")
    public CaptureResult unchangedFiles(SmallFiles files, Captured captured) {
        CaptureResult result = captured.repository.capture(files.folder);
        if (result.filesUnmodified() != result.files()) {
            throw new IllegalStateException(
                    "%d of %d files unmodified".formatted(result.filesUnmodified(), result.files()));
        }
        return result;
    }
}
