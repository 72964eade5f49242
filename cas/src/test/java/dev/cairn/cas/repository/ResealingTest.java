package dev.cairn.cas.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.ChildSource;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordVisitor;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.seal.Bases;
import dev.cairn.cas.seal.Entropy;
import dev.cairn.cas.seal.ReplicaIdentity;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.SnapshotCodec;
import dev.cairn.cas.snapshot.SnapshotDescription;
import dev.cairn.chunker.ChunkProfile;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Old records sealed anew, of every kind, and snapshots of replicas that were revoked. */
final class ResealingTest {

    private static final long SEED = 20261129;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final Map<ObjectId, byte[]> chunks = new LinkedHashMap<>();
    private final List<String> damages = new ArrayList<>();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path temporary;

    @SuppressWarnings("NullAway.Init")
    private MemoryRepository memory;

    @SuppressWarnings("NullAway.Init")
    private Repository repository;

    @BeforeEach
    void aRepository() {
        System.out.println("seed=" + SEED);
        memory = MemoryRepository.create(temporary.resolve("r"), ChunkProfile.DEFAULT);
        repository = memory.open();
    }

    private PlainObject chunk(int bytes) {
        byte[] body = new byte[bytes];
        random.nextBytes(body);
        PlainObject chunk = PlainObject.chunk(body);
        chunks.put(repository.hasher().id(chunk), body);
        return chunk;
    }

    private SealedRecord run(PlainObject... objects) {
        return repository
                .sealer()
                .sealRun(List.of(objects).stream().map(repository.hasher()::id).toList(), List.of(objects));
    }

    /** A version of {@code base} with a few bytes changed, as a delta of it. */
    private SealedRecord delta(PlainObject base) {
        byte[] body = base.body().clone();
        body[body.length / 2] ^= 1;
        PlainObject changed = PlainObject.chunk(body);
        ObjectId id = repository.hasher().id(changed);
        chunks.put(id, body);
        Bases bases = Bases.of(repository.hasher().id(base), base.body());
        return repository
                .sealer()
                .sealDelta(List.of(id), List.of(changed), bases, List.of(), ChildSource.NONE)
                .orElseThrow()
                .record();
    }

    private ObjectId snapshot(ReplicaIdentity by, long sequence, ObjectId root) {
        SnapshotCodec.Sealed sealed = repository
                .snapshotCodec()
                .seal(
                        repository.sealer(),
                        by,
                        List.of(root),
                        new RecordHeader.Lineage(sequence, List.of()),
                        new SnapshotDescription(
                                Instant.ofEpochSecond(1_700_000_000 + sequence),
                                "host",
                                "user",
                                List.of(),
                                List.of(),
                                new SnapshotDescription.Totals(0, 0, 0),
                                0,
                                "test"));
        ObjectId id = sealed.snapshot().id();
        repository.store().commit(List.of(sealed.record()));
        repository
                .store()
                .move(new dev.cairn.cas.BranchMove(
                        "b" + sequence,
                        null,
                        id,
                        List.of(),
                        new dev.cairn.cas.OperationId(random.nextLong(), random.nextLong())));
        return id;
    }

    private ObjectId page() {
        PlainObject page =
                new PlainObject(ObjectType.NODE, List.of(), List.copyOf(chunks.keySet()), new byte[] {1, 2, 3});
        ObjectId id = repository.hasher().id(page);
        repository.store().commit(List.of(repository.sealer().sealPages(List.of(id), List.of(page))));
        return id;
    }

    private Resealing.Result reseal(Cancellation cancellation) {
        return new Resealing(repository, cancellation, new Resealing.Progress() {
                    @Override
                    public void bytes(long count) {}

                    @Override
                    public void damaged(String where, String reason) {
                        damages.add(where + ": " + reason);
                    }
                })
                .run();
    }

    private void assertAllReadsBack() {
        try (Repository again = memory.open()) {
            chunks.forEach((id, body) -> assertThat(
                            again.objects().read(id, ObjectType.CHUNK).body())
                    .isEqualTo(body));
        }
    }

    private List<SealedRecord> records() {
        List<SealedRecord> all = new ArrayList<>();
        memory.store().forEachRecord(EnumSet.allOf(RecordKind.class), new RecordVisitor() {
            @Override
            public void record(long sequence, SealedRecord record) {
                all.add(record);
            }

            @Override
            public void damaged(long sequence, CorruptDataException damage) {}
        });
        return all;
    }

    @Test
    void run_recordsOfEveryKind_areSealedUnderTheNewestKeyAndReadTheSame() {
        PlainObject base = chunk(200_000);
        SealedRecord run = run(chunk(500), base, chunk(7_000));
        repository.store().commit(List.of(run));
        SealedRecord delta = delta(base);
        repository.store().commit(List.of(delta));
        ObjectId snapshot = snapshot(repository.replica(), 1, page());
        List<SealedRecord> before = records();
        int epoch = repository.keyring().rotate();

        Resealing.Result result = reseal(Cancellation.NEVER);

        assertThat(result.left()).isEmpty();
        assertThat(result.epoch()).isEqualTo(epoch);
        assertThat(result.records()).isEqualTo(4);
        assertThat(result.bytesStored()).isEqualTo(result.bytesOld());
        assertThat(records())
                .hasSize(4)
                .allSatisfy(record -> assertThat(record.header().epoch()).isEqualTo(epoch));
        assertThat(records().stream().map(record -> record.header().kind()))
                .containsExactlyElementsOf(
                        before.stream().map(record -> record.header().kind()).toList());
        repository.keyring().destroyOldKeys();
        assertAllReadsBack();
        try (Repository again = memory.open()) {
            assertThat(again.snapshot(snapshot).sequence()).isEqualTo(1);
            for (SealedRecord old : before) {
                assertThatThrownBy(() -> again.sealer().open(old, "old bytes", again.objects()))
                        .isInstanceOf(dev.cairn.cas.WrongKeyException.class);
            }
        }
        assertThat(damages).isEmpty();
    }

    @Test
    void run_stoppedInTheMiddle_goesOnWhereItWas() {
        for (int i = 0; i < 12; i++) {
            repository.store().commit(List.of(run(chunk(3 << 20))));
        }
        repository.keyring().rotate();
        AtomicInteger asked = new AtomicInteger();
        assertThatThrownBy(() -> reseal(() -> asked.incrementAndGet() > 9)).isInstanceOf(CancellationException.class);
        long left = Resealing.left(repository).values().stream()
                .mapToLong(use -> use.records())
                .sum();
        assertThat(left).isBetween(1L, 11L);
        assertAllReadsBack();
        assertThatThrownBy(() -> repository.keyring().destroyOldKeys()).isInstanceOf(StoreAccessException.class);

        Resealing.Result second = reseal(Cancellation.NEVER);

        assertThat(second.records()).isEqualTo(left);
        assertThat(second.left()).isEmpty();
        assertThat(reseal(Cancellation.NEVER).records()).isZero();
        assertAllReadsBack();
    }

    /** An object that two old records provide comes from one; the record that is partly needed no more is cut. */
    @Test
    void run_objectsWithSeveralProviders_areSealedOnce() {
        PlainObject shared = chunk(2_000);
        repository.store().commit(List.of(run(shared, chunk(1_000))));
        repository.store().commit(List.of(run(shared, chunk(1_500))));
        repository.keyring().rotate();

        Resealing.Result result = reseal(Cancellation.NEVER);

        assertThat(result.left()).isEmpty();
        assertThat(records()).hasSize(2);
        assertThat(memory.store().providers(repository.hasher().id(shared))).hasSize(1);
        assertAllReadsBack();
    }

    @Test
    void run_oldProviderBesideANewOne_isLetGo() {
        PlainObject shared = chunk(2_000);
        repository.store().commit(List.of(run(shared)));
        repository.keyring().rotate();
        repository.store().heal(List.of(run(shared)));
        assertThat(memory.store().epochs()).hasSize(2);

        assertThat(reseal(Cancellation.NEVER).left()).isEmpty();
        repository.keyring().destroyOldKeys();
        assertAllReadsBack();
    }

    @Test
    void run_damagedRecord_isToldAndKeepsItsKey() {
        repository.store().commit(List.of(run(chunk(1_000))));
        repository.store().commit(List.of(run(chunk(1_000))));
        memory.store().damage(0);
        repository.keyring().rotate();

        Resealing.Result result = reseal(Cancellation.NEVER);

        assertThat(result.records()).isEqualTo(1);
        assertThat(result.left().get(1)).isNotNull();
        assertThat(damages).isNotEmpty();
        assertThatThrownBy(() -> repository.keyring().destroyOldKeys()).isInstanceOf(StoreAccessException.class);
    }

    @Test
    void revoke_snapshotsThatAreHere_stayAndLaterOnesAreRefused() throws Exception {
        ReplicaIdentity lost = ReplicaIdentity.generate(
                repository.keys().roster(), "lost laptop", Instant.ofEpochSecond(1_700_000_000), Entropy.system());
        repository.store().commit(List.of(run(chunk(1_000))));
        ObjectId root = page();
        ObjectId before = snapshot(lost, 1, root);
        ObjectId own = snapshot(repository.replica(), 2, root);

        assertThat(repository.revoke(lost.id())).isEqualTo(1);

        // Backdated, with a sequence below that of what is accepted: nothing of that tells it from an old one.
        ObjectId after = snapshot(lost, 0, root);
        try (Repository again = memory.open()) {
            assertThat(again.snapshot(before).replica().name()).isEqualTo("lost laptop");
            assertThat(again.snapshot(own).sequence()).isEqualTo(2);
            assertThatThrownBy(() -> again.snapshot(after))
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining("revoked");
        }

        repository.revoke(repository.replica().id());
        try (Repository again = memory.open()) {
            assertThat(again.snapshot(own).sequence()).isEqualTo(2);
            assertThatThrownBy(again::replica)
                    .isInstanceOf(StoreAccessException.class)
                    .hasMessageContaining("was revoked");
        }
        Files.move(temporary.resolve("r/replica"), temporary.resolve("old-replica"));
        try (Repository again = memory.open()) {
            assertThat(again.replica().id()).isNotEqualTo(lost.id());
        }
    }

    /** A restore beside "key rotate --reseal": what it looked up is gone when it reads it, and is no damage. */
    @Test
    void read_providerReplacedBetweenLookingUpAndReading_readsTheNewOne() {
        PlainObject chunk = chunk(5_000);
        ObjectId id = repository.hasher().id(chunk);
        SealedRecord run = run(chunk);
        repository.store().commit(List.of(run));
        AtomicInteger lookedUp = new AtomicInteger();
        ObjectStore replacing = (ObjectStore) Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (_, method, arguments) -> {
                    try {
                        Object result = method.invoke(repository.store(), arguments);
                        if (method.getName().equals("providers") && lookedUp.incrementAndGet() == 1) {
                            repository
                                    .store()
                                    .replace(List.of(repository.sealer().reseal(run, "a test")));
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getTargetException();
                    }
                });

        PlainObject read =
                new StoredObjects(replacing, repository.sealer(), OpenedRecords.ofHeap(1)).read(id, ObjectType.CHUNK);

        assertThat(read.body()).isEqualTo(chunk.body());
        assertThat(lookedUp).hasValueGreaterThan(1);
    }
}
