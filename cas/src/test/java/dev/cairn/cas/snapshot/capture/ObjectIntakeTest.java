package dev.cairn.cas.snapshot.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectStore.CommitReceipt;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.base.OldPages;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes into which record. */
class ObjectIntakeTest {
    private final TestRepository repository = new TestRepository();

    @TempDir
    Path dir;

    private List<Integer> runBytes() {
        List<Integer> bytes = new ArrayList<>();
        for (SealedRecord record : repository.records(RecordKind.RUN)) {
            bytes.add(repository.sealer.open(record, "test").objects().stream()
                    .mapToInt(chunk -> chunk.body().length)
                    .sum());
        }
        return bytes;
    }

    private static byte[] noise(int bytes, long seed) {
        byte[] noise = new byte[bytes];
        new Random(seed).nextBytes(noise);
        return noise;
    }

    @Test
    void smallFiles_goIntoRunsOf640KiBInOrder() throws IOException {
        for (int i = 0; i < 100; i++) {
            Files.write(dir.resolve("f%03d".formatted(i)), noise(10_000, i));
        }

        repository.capture(dir);

        assertThat(runBytes()).containsExactly(650_000, 350_000);
        List<ObjectId> order = new ArrayList<>();
        repository
                .records(RecordKind.RUN)
                .forEach(record -> record.header().provided().stream()
                        .map(ProvidedObject::id)
                        .forEach(order::add));
        for (int i = 0; i < 100; i++) {
            assertThat(order.get(i)).isEqualTo(repository.sealer.hasher().chunk(noise(10_000, i), 0, 10_000));
        }
    }

    @Test
    void largeFiles_goIntoRunsOfAMiB() throws IOException {
        Files.write(dir.resolve("large"), noise(10 << 20, 1));

        repository.capture(dir);

        List<Integer> runs = runBytes();
        assertThat(runs).hasSizeBetween(10, 13).allMatch(bytes -> bytes <= 1 << 20);
        assertThat(runs.subList(0, runs.size() - 1)).allMatch(bytes -> bytes > (1 << 20) - (256 << 10));
    }

    @Test
    void tinyFiles_goIntoNoRun() throws IOException {
        for (int i = 0; i < 100; i++) {
            Files.write(dir.resolve("f" + i), noise(512, i));
        }

        CaptureResult result = repository.capture(dir);

        assertThat(runBytes()).isEmpty();
        assertThat(result.chunksNew()).isZero();
    }

    @Test
    void sameContent_isStoredOnceWithinACapture() throws IOException {
        for (int i = 0; i < 100; i++) {
            Files.write(dir.resolve("f" + i), noise(50_000, 1));
        }

        assertThat(repository.capture(dir).chunksNew()).isEqualTo(1);
    }

    @Test
    void pages_comeAfterTheirChunksAndWaitInBoundedNumber() {
        try (SealingLine line =
                new SealingLine(new RecordTarget.Stored(repository.store), 2, 1 << 20, Cancellation.NEVER)) {
            ObjectIntake intake = intake(new RecordTarget.Stored(repository.store), line);
            // A run that never fills up, and pages that need it: each is refused by the store if it comes too early.
            int pages = 600;
            for (int i = 0; i < pages; i++) {
                byte[] chunk = noise(20, i);
                ObjectId child = intake.smallFile(chunk, 0, chunk.length);
                byte[] body = noise(16 << 10, -i - 1);
                intake.put(new PlainObject(ObjectType.NODE, List.of(), List.of(child), body));
            }
            line.finish();
            // Without the limit the run would still be open.
            assertThat(repository.records(RecordKind.RUN)).hasSizeBetween(1, 3);
            assertThat(repository.records(RecordKind.PAGE).size()).isBetween(pages / 2, pages - 1);
            intake.flush();
            line.finish();
            assertThat(repository.records(RecordKind.PAGE)).hasSize(pages);
        }
    }

    @Test
    void underWay_isBounded() {
        Slow slow = new Slow(repository);
        long limit = 2 << 20;
        try (SealingLine line = new SealingLine(new RecordTarget.Stored(slow), 2, limit, Cancellation.NEVER)) {
            ObjectIntake intake = intake(new RecordTarget.Stored(slow), line);
            for (int i = 0; i < 300; i++) {
                byte[] piece = ByteBuffer.allocate(64 << 10)
                        .putInt(i)
                        .put(noise(60_000, i))
                        .array();
                ObjectId id = repository.sealer.hasher().chunk(piece, 0, piece.length);
                intake.piece(id, piece, 0, piece.length, null);
            }
            intake.flush();
            line.finish();
        }
        assertThat(slow.bytesMax).isPositive().isLessThanOrEqualTo(limit + (1 << 20));
    }

    /** What ran out of memory: of data that gets small, the plain bytes of everything that waited for the disk were held as well. */
    @Test
    void sealedRunThatIsNotDurableYet_holdsNoPlainBytes() throws InterruptedException {
        Held held = new Held(repository);
        try (SealingLine line = new SealingLine(new RecordTarget.Stored(held), 1, 64 << 20, Cancellation.NEVER)) {
            ObjectIntake intake = intake(new RecordTarget.Stored(held), line);
            WeakReference<byte[]> plain = put(intake);
            intake.flush();
            for (int i = 0; i < 500 && (held.waiting.isEmpty() || plain.get() != null); i++) {
                System.gc();
                Thread.sleep(10);
            }
            assertThat(held.waiting).hasSize(1);
            assertThat(plain.get()).isNull();
            held.waiting.forEach(one -> one.complete(new CommitReceipt(1, 1, 1)));
            line.finish();
        }
    }

    private static WeakReference<byte[]> put(ObjectIntake intake) {
        byte[] body = noise(50_000, 1);
        intake.put(PlainObject.chunk(body));
        return new WeakReference<>(body);
    }

    /** A store that completes nothing by itself. */
    private static final class Held extends StoreWithoutTables {
        final Queue<CompletableFuture<CommitReceipt>> waiting = new ConcurrentLinkedQueue<>();

        Held(TestRepository repository) {
            super(repository.store);
        }

        @Override
        public CompletableFuture<CommitReceipt> submit(List<SealedRecord> records) {
            CompletableFuture<CommitReceipt> outcome = new CompletableFuture<>();
            waiting.add(outcome);
            return outcome;
        }
    }

    private ObjectIntake intake(RecordTarget target, SealingLine line) {
        ObjectSource objects = repository.objects();
        return new ObjectIntake(
                repository.sealer,
                target,
                line,
                new DeltaSealing(repository.store, repository.sealer, objects),
                new OldPages(objects));
    }

    /** A store that completes a submission only when the next one has come. */
    private static final class Slow extends StoreWithoutTables {
        long bytesMax;
        private long bytes;

        Slow(TestRepository repository) {
            super(repository.store);
        }

        @Override
        public java.util.concurrent.CompletableFuture<CommitReceipt> submit(List<SealedRecord> records) {
            int size = records.getFirst().bytes().length;
            synchronized (this) {
                bytes += size;
                bytesMax = Math.max(bytesMax, bytes);
            }
            return java.util.concurrent.CompletableFuture.supplyAsync(
                            () -> commit(records),
                            java.util.concurrent.CompletableFuture.delayedExecutor(
                                    5, java.util.concurrent.TimeUnit.MILLISECONDS))
                    .whenComplete((receipt, e) -> {
                        synchronized (this) {
                            bytes -= size;
                        }
                    });
        }
    }
}
