package dev.cairn.bench;

import dev.cairn.bench.data.Rehearsal;
import dev.cairn.bench.data.SampleFolder;
import dev.cairn.bench.data.SampleRepository;
import dev.cairn.bench.data.Scratch;
import dev.cairn.bench.data.WarmCipher;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.restore.RestoreResult;
import dev.cairn.cas.snapshot.verify.Verification;
import dev.cairn.cas.snapshot.verify.VerificationProgress;
import dev.cairn.cas.snapshot.verify.VerificationResult;
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
 * The way back, with the heap that the command has: restoring 4,096 files of together 16 MiB and one of 64 MiB into a folder that is
 * not there, and verifying every byte of the latter's repository. An operation is one MiB of content. The repository is opened
 * and the cipher warm before the clock runs; it is in the page cache.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xmx256m", "-XX:+UseSerialGC"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RestoreBenchmark {
    private static final int FILES = 4096;
    private static final int SMALL_MIBS = 16;
    private static final int LARGE_MIBS = 64;
    private static final long SEED = 20_26;

    /** A folder to restore into, gone after each. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init")
    public static class Target {
        private Scratch scratch;
        private Path folder;

        @Setup
        public void make() throws IOException {
            scratch = Scratch.make();
            folder = scratch.path("target");
        }

        @TearDown(Level.Invocation)
        public void clear() throws IOException {
            Scratch.delete(folder);
        }

        @TearDown
        public void remove() throws IOException {
            scratch.close();
        }
    }

    /** A repository with one snapshot. */
    private static final class Stored implements AutoCloseable {
        private final Scratch scratch = Scratch.make();
        private final SampleRepository repository = SampleRepository.create(scratch.path("repository"));

        Stored() throws IOException {}

        ObjectId capture() throws IOException {
            Path source = scratch.path("source");
            ObjectId root = repository.capture(source).root();
            Scratch.delete(source);
            return root;
        }

        @Override
        public void close() throws IOException {
            repository.close();
            scratch.close();
        }
    }

    /** Many small files, captured. */
    @State(Scope.Benchmark)
    @SuppressWarnings("NullAway.Init")
    public static class SmallFiles {
        private Stored stored;
        private ObjectId root;

        @Setup
        public void make() throws IOException {
            WarmCipher.await();
            stored = new Stored();
            SampleFolder.manySmallFiles(
                    stored.scratch.path("source"), Rehearsal.size(FILES), Rehearsal.size(SMALL_MIBS), SEED);
            root = stored.capture();
        }

        @TearDown
        public void remove() throws IOException {
            stored.close();
        }
    }

    /** A large file, captured. */
    @State(Scope.Benchmark)
    @SuppressWarnings("NullAway.Init")
    public static class LargeFile {
        private Stored stored;
        private ObjectId root;

        @Setup
        public void make() throws IOException {
            WarmCipher.await();
            stored = new Stored();
            SampleFolder.oneLargeFile(stored.scratch.path("source"), Rehearsal.size(LARGE_MIBS), SEED);
            root = stored.capture();
        }

        @TearDown
        public void remove() throws IOException {
            stored.close();
        }
    }

    @Benchmark
    @OperationsPerInvocation(SMALL_MIBS)
    @Operation(Operation.MIB)
    public RestoreResult smallFiles(SmallFiles files, Target target) {
        return files.stored.repository.restore(files.root, target.folder);
    }

    @Benchmark
    @OperationsPerInvocation(LARGE_MIBS)
    @Operation(Operation.MIB)
    public RestoreResult largeFile(LargeFile file, Target target) {
        return file.stored.repository.restore(file.root, target.folder);
    }

    @Benchmark
    @OperationsPerInvocation(LARGE_MIBS)
    @Operation(Operation.MIB)
    public VerificationResult verifyData(LargeFile file) {
        Verification verification =
                new Verification(file.stored.repository.repository(), VerificationProgress.NONE, Cancellation.NEVER);
        VerificationResult result = verification.repository(true);
        if (!result.isSound()) {
            throw new IllegalStateException("damage: " + result.damaged());
        }
        return result;
    }
}
