package dev.cairn.cas.snapshot.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.BranchMove;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreFullException;
import dev.cairn.cas.memory.InMemoryObjectStore;
import dev.cairn.cas.seal.Entropy;
import dev.cairn.cas.seal.RepositoryKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots one after another, beside one another, and cut short. */
class CaptureHistoryTest {

    @TempDir
    Path dir;

    private static byte[] noise(int bytes, long seed) {
        byte[] noise = new byte[bytes];
        new Random(seed).nextBytes(noise);
        return noise;
    }

    private void someFiles() throws IOException {
        Files.createDirectories(dir.resolve("d"));
        for (int i = 0; i < 30; i++) {
            Files.write(dir.resolve("d/f" + i), noise(20_000 + i, i));
        }
        Files.write(dir.resolve("large"), noise(4_000_000, 99));
    }

    private static Set<ObjectId> ids(TestRepository repository) {
        Set<ObjectId> ids = new HashSet<>();
        for (SealedRecord record : repository.records(RecordKind.RUN, RecordKind.PAGE, RecordKind.SNAPSHOT)) {
            record.header().provided().stream().map(ProvidedObject::id).forEach(ids::add);
        }
        return ids;
    }

    @Test
    void sameTree_inTwoReplicas_hasTheSameRoot() throws IOException {
        someFiles();
        RepositoryKeys keys = RepositoryKeys.generate(Entropy.system());

        CaptureResult one = new TestRepository(keys).capture(dir);
        CaptureResult two = new TestRepository(keys).capture(dir);

        assertThat(one.root()).isEqualTo(two.root());
        assertThat(one.snapshot()).isNotEqualTo(two.snapshot());
    }

    @Test
    void sameTree_inTwoRepositories_sharesNoId() throws IOException {
        someFiles();
        TestRepository one = new TestRepository();
        TestRepository two = new TestRepository();
        one.capture(dir);
        two.capture(dir);

        assertThat(ids(one)).isNotEmpty().doesNotContainAnyElementsOf(ids(two));
    }

    @Test
    void sequence_growsWithEverySnapshot() throws IOException {
        someFiles();
        TestRepository repository = new TestRepository();
        repository.capture(dir);
        CaptureResult second = repository.capture(dir);
        repository.capture(dir);

        assertThat(repository.store.snapshots()).extracting(s -> s.sequence()).containsExactly(1L, 2L, 3L);
        assertThat(repository.store.snapshots().getLast().parents()).containsExactly(second.snapshot());
    }

    @Test
    void twoWriters_onOneBranch_followOneAnother() throws IOException {
        someFiles();
        TestRepository repository = new TestRepository();
        AtomicBoolean raced = new AtomicBoolean();
        TestRepository slow = new TestRepository(repository.keys, new StoreWithoutTables(repository.store) {
            @Override
            public BranchMove.Outcome move(BranchMove move) {
                if (raced.compareAndSet(false, true)) {
                    repository.capture(dir);
                }
                return repository.store.move(move);
            }
        });

        CaptureResult result = slow.capture(dir);

        List<ObjectId> order =
                repository.store.snapshots().stream().map(s -> s.snapshot()).toList();
        assertThat(order).hasSize(2).last().isEqualTo(result.snapshot());
        assertThat(result.parent()).isEqualTo(order.getFirst());
        assertThat(repository.store.branch("main").orElseThrow().snapshot()).isEqualTo(result.snapshot());
    }

    @Test
    void manyWriters_onOneBranch_allGetTheirSnapshotIn() throws IOException {
        someFiles();
        TestRepository repository = new TestRepository();
        List<CompletableFuture<CaptureResult>> running = java.util.stream.IntStream.range(0, 6)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> repository.capture(dir)))
                .toList();

        List<CaptureResult> results =
                running.stream().map(CompletableFuture::join).toList();

        assertThat(results)
                .extracting(CaptureResult::root)
                .containsOnly(results.getFirst().root());
        assertThat(results).extracting(CaptureResult::parent).doesNotHaveDuplicates();
        assertThat(repository.store.snapshots()).hasSize(6);
    }

    @Test
    void cancelled_branchStaysAndWhatIsStoredIsNotStoredAgain() throws IOException {
        someFiles();
        RepositoryKeys keys = RepositoryKeys.generate(Entropy.system());
        InMemoryObjectStore store = new InMemoryObjectStore(keys.repositoryId());
        AtomicBoolean somethingStored = new AtomicBoolean();
        TestRepository watched = new TestRepository(keys, new StoreWithoutTables(store) {
            @Override
            public CompletableFuture<CommitReceipt> submit(List<SealedRecord> records) {
                return super.submit(records).whenComplete((receipt, e) -> somethingStored.set(true));
            }
        });
        TestRepository repository = new TestRepository(keys, store);

        assertThatThrownBy(() ->
                        watched.capture().run(TestRepository.plan(dir), CaptureProgress.NONE, somethingStored::get))
                .isInstanceOf(CancellationException.class);

        assertThat(repository.store.branches()).isEmpty();
        long stored = repository.records(RecordKind.RUN).size();
        CaptureResult result = repository.capture(dir);
        Set<ObjectId> chunks = new HashSet<>();
        for (SealedRecord record : repository.records(RecordKind.RUN)) {
            assertThat(record.header().provided())
                    .allSatisfy(object -> assertThat(chunks.add(object.id())).isTrue());
        }
        assertThat(stored).isPositive();
        assertThat(result.chunksNew()).isLessThan(chunks.size());
    }

    @Test
    void fullStore_failsWithItsReasonAndTheBranchStays() throws IOException {
        someFiles();
        RepositoryKeys keys = RepositoryKeys.generate(Entropy.system());
        AtomicInteger submissions = new AtomicInteger();
        InMemoryObjectStore store = new InMemoryObjectStore(keys.repositoryId());
        TestRepository repository = new TestRepository(keys, new StoreWithoutTables(store) {
            @Override
            public CompletableFuture<CommitReceipt> submit(List<SealedRecord> records) {
                return submissions.incrementAndGet() > 3
                        ? CompletableFuture.failedFuture(new StoreFullException("here", 17, null))
                        : super.submit(records);
            }
        });

        assertThatThrownBy(() -> repository.capture(dir)).isInstanceOf(StoreFullException.class);
        assertThat(store.branches()).isEmpty();
        assertThat(new TestRepository(keys, store).capture(dir).isPartial()).isFalse();
    }

    @Test
    void otherPaths_areReported() throws IOException {
        someFiles();
        TestRepository repository = new TestRepository();
        repository.capture(dir);

        CaptureResult result = repository.capture(dir.resolve("d"));

        assertThat(result.otherPaths()).hasSize(1);
        assertThat(repository.capture(dir.resolve("d")).otherPaths()).isEmpty();
    }
}
