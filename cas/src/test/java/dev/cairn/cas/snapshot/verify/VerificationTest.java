package dev.cairn.cas.snapshot.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.BranchMove;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.OperationId;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.manifest.ChunkList;
import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.MerkleMap;
import dev.cairn.cas.manifest.Segment;
import dev.cairn.cas.manifest.Xattrs;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.RawName;
import dev.cairn.cas.repository.MemoryRepository;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.seal.Entropy;
import dev.cairn.cas.seal.ReplicaIdentity;
import dev.cairn.cas.seal.RepositoryKeys;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.SnapshotCodec;
import dev.cairn.cas.snapshot.SnapshotDescription;
import dev.cairn.cas.snapshot.capture.Capture;
import dev.cairn.cas.snapshot.capture.CapturePlan;
import dev.cairn.cas.snapshot.capture.CaptureProgress;
import dev.cairn.cas.snapshot.capture.CaptureStore;
import dev.cairn.chunker.ChunkProfile;
import dev.cairn.chunker.GearCutter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a verification of the whole repository, and of one snapshot, finds and says. */
final class VerificationTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path temp;

    @SuppressWarnings("NullAway.Init")
    private MemoryRepository memory;

    @SuppressWarnings("NullAway.Init")
    private TamperedStore store;

    @SuppressWarnings("NullAway.Init")
    private Repository repository;

    private Path source = Path.of("");
    private ObjectId first = new ObjectId(0, 0, 0, 0);
    private ObjectId second = new ObjectId(0, 0, 0, 0);

    /** Two snapshots: the second has one file more, and one otherwise. */
    @BeforeEach
    void captureTwice() throws IOException {
        source = Files.createDirectory(temp.resolve("source"));
        memory = MemoryRepository.create(temp.resolve("repository"), ChunkProfile.normalised(256, 1024, 4096));
        reopen();
        Files.createDirectories(source.resolve("d"));
        Files.write(source.resolve("d/same"), noise(5_000, 1));
        Files.write(source.resolve("d/changed"), noise(5_000, 2));
        Files.write(source.resolve("large"), noise(100_000, 3));
        Files.writeString(source.resolve("inline"), "tiny");
        try (Directory folder = Directory.open(source)) {
            folder.setXattr(RawName.of("inline"), RawName.of("user.long"), noise(2000, 4));
        }
        first = capture();
        Files.write(source.resolve("d/changed"), noise(5_000, 5));
        Files.write(source.resolve("added"), noise(5_000, 6));
        second = capture();
        reopen();
    }

    private void reopen() {
        repository = memory.open(inner -> {
            store = new TamperedStore(inner);
            return store;
        });
    }

    private static byte[] noise(int bytes, long seed) {
        byte[] noise = new byte[bytes];
        new Random(seed).nextBytes(noise);
        return noise;
    }

    private ObjectId capture() {
        CaptureStore into = new CaptureStore(
                repository.store(),
                repository.keys(),
                repository.sealer(),
                repository.objects(),
                new GearCutter(repository.gearTable(), repository.chunkProfile()),
                repository.replica(),
                "test");
        CapturePlan plan = CapturePlan.of(List.of(RawName.of(source.toString())), "main");
        return Objects.requireNonNull(new Capture(into)
                .run(plan, CaptureProgress.NONE, Cancellation.NEVER)
                .snapshot());
    }

    private Verification verification() {
        return new Verification(repository, VerificationProgress.NONE, Cancellation.NEVER);
    }

    private VerificationResult verifyAll(boolean data) {
        return verification().repository(data);
    }

    private Entry entry(ObjectId snapshot, String path) {
        return MerkleMap.ofEntries(repository.snapshot(snapshot).manifest(), repository.objects())
                .get(EntryPath.parse(path))
                .orElseThrow();
    }

    private ObjectId chunk(ObjectId snapshot, String path) {
        List<ObjectId> chunks = new ArrayList<>();
        switch (entry(snapshot, path).requireContent()) {
            case Content.Inline _ -> {}
            case Content.Segments segments -> segments.list().forEach(segment -> add(segment, chunks));
            case Content.Listed listed ->
                ChunkList.of(listed, repository.objects()).forEachRemaining(segment -> add(segment, chunks));
        }
        return chunks.getLast();
    }

    private static void add(Segment segment, List<ObjectId> chunks) {
        if (segment instanceof Segment.Data data) {
            chunks.add(data.chunk());
        }
    }

    private long recordOf(ObjectId id) {
        return store.providers(id).getFirst().sequence();
    }

    private static List<String> places(VerificationResult result) {
        return result.damaged().stream()
                .filter(damage -> damage.path() != null)
                .map(damage -> damage.snapshot() + ":" + damage.path())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void repository_healthy_isSoundAndAllIsRead(boolean data) {
        AtomicLong bytes = new AtomicLong();
        VerificationProgress progress = new VerificationProgress() {
            @Override
            public void bytes(long count) {
                bytes.addAndGet(count);
            }
        };

        VerificationResult result = new Verification(repository, progress, Cancellation.NEVER).repository(data);

        assertThat(result.isSound()).isTrue();
        assertThat(result.damaged()).isEmpty();
        assertThat(result.bytes()).isEqualTo(bytes.get());
        long all = store.stats().recordBytes();
        if (data) {
            assertThat(result.bytes()).isEqualTo(all);
            assertThat(result.objects()).isEqualTo(store.stats().objects());
        } else {
            assertThat(result.bytes()).isPositive().isLessThan(all);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void snapshot_healthy_isSoundAndAllIsRead(boolean data) {
        VerificationResult result = verification().snapshot(second, data);

        assertThat(result.isSound()).isTrue();
        assertThat(result.objects()).isEqualTo(7);
        assertThat(result.bytes()).isEqualTo(data ? 115_004 : 0);
    }

    /** A byte of the nonce, of the first and the last of the ciphertext, and of the tag, in every record. */
    @ParameterizedTest
    @EnumSource(
            value = RecordKind.class,
            names = {"RUN", "PAGE", "SNAPSHOT"})
    void repository_flippedByteInAnyRecordOfAKind_isFound(RecordKind kind) {
        List<Long> sequences = memory.sequences(kind);
        assertThat(sequences).isNotEmpty();
        for (long sequence : sequences) {
            for (int at : new int[] {0, 24, -17, -1}) {
                reopen();
                store.flip(sequence, at);

                VerificationResult result = verifyAll(true);

                assertThat(result.isSound())
                        .as("byte %d of record %d", at, sequence)
                        .isFalse();
                assertThat(result.damaged())
                        .anySatisfy(damage -> assertThat(damage.where()).contains("record " + sequence));
            }
        }
    }

    /** Bytes that rot under their digest. */
    @ParameterizedTest
    @EnumSource(
            value = RecordKind.class,
            names = {"RUN", "PAGE", "SNAPSHOT"})
    void repository_rottenRecordOfAKind_isFound(RecordKind kind) {
        long sequence = memory.sequences(kind).getLast();
        memory.store().damage(sequence);
        reopen();

        assertThat(verifyAll(true).damaged())
                .anySatisfy(damage -> assertThat(damage.where()).contains("record " + sequence));
        // Without contents only what gives them is not looked at.
        assertThat(verifyAll(false).isSound()).isEqualTo(kind == RecordKind.RUN);
    }

    @Test
    void repository_damagedChunk_isToldWithEveryPathAndSnapshotItTouches() {
        ObjectId changed = chunk(second, "d/changed");
        ObjectId same = chunk(first, "d/same");
        store.flip(recordOf(changed), -1);

        VerificationResult onlyNew = verifyAll(true);

        assertThat(places(onlyNew)).contains(second + ":d/changed").noneMatch(place -> place.startsWith(first + ":"));
        store.flip(recordOf(same), -1);
        VerificationResult both = verifyAll(true);
        assertThat(places(both)).contains(first + ":d/same", second + ":d/same", second + ":d/changed");
        assertThat(both.damageCount()).isEqualTo(both.damaged().size());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void repository_missingChunk_isToldWithEveryPathAndSnapshotItTouches(boolean data) {
        ObjectId chunk = chunk(first, "large");
        store.lose(chunk);

        VerificationResult result = verifyAll(data);

        assertThat(result.damaged())
                .anySatisfy(damage -> assertThat(damage.reason()).contains("refers to " + chunk));
        assertThat(places(result)).containsExactlyInAnyOrder(first + ":large", second + ":large");
    }

    @Test
    void repository_missingAttributes_areToldWithThePath() {
        Xattrs xattrs = entry(first, "inline").metadata().xattrs();
        assertThat(xattrs).isInstanceOf(Xattrs.Stored.class);
        store.lose(((Xattrs.Stored) xattrs).chunk());

        assertThat(places(verifyAll(false))).containsExactlyInAnyOrder(first + ":inline", second + ":inline");
    }

    @Test
    void repository_pageThatRefersToAMissingPage_isToldWithThePath() {
        Content content = entry(first, "large").requireContent();
        assertThat(content).isInstanceOf(Content.Listed.class);
        ObjectId page = ((Content.Listed) content).root();
        store.lose(page);

        VerificationResult result = verifyAll(false);

        assertThat(result.damaged())
                .anySatisfy(damage -> assertThat(damage.reason()).contains("refers to " + page));
        assertThat(places(result)).containsExactlyInAnyOrder(first + ":large", second + ":large");
    }

    @Test
    void repository_missingManifest_isToldWithTheSnapshot() {
        store.lose(repository.snapshot(first).manifest());

        VerificationResult result = verifyAll(false);

        assertThat(result.damaged())
                .anySatisfy(damage -> assertThat(damage.snapshot()).isEqualTo(first))
                .noneSatisfy(damage -> assertThat(damage.snapshot()).isEqualTo(second));
    }

    @Test
    void repository_missingSnapshotOfABranch_isToldWithTheBranch() {
        store.lose(second);

        assertThat(verifyAll(false).damaged()).anySatisfy(damage -> {
            assertThat(damage.where()).isEqualTo("branch main");
            assertThat(damage.snapshot()).isEqualTo(second);
        });
    }

    /** A snapshot that somebody signed whom no holder of the key admitted. */
    @Test
    void repository_snapshotWithABadSignature_isFound() {
        RepositoryKeys others = RepositoryKeys.generate(Entropy.system());
        ReplicaIdentity stranger = ReplicaIdentity.generate(others.roster(), "x", Instant.EPOCH, Entropy.system());
        SnapshotDescription description = new SnapshotDescription(
                Instant.EPOCH, "", "", List.of(), List.of(), new SnapshotDescription.Totals(0, 0, 0), 0, "");
        SnapshotCodec.Sealed forged = repository
                .snapshotCodec()
                .seal(
                        repository.sealer(),
                        stranger,
                        List.of(repository.snapshot(first).manifest()),
                        new RecordHeader.Lineage(99, List.of()),
                        description);
        ObjectId id = forged.snapshot().id();
        memory.store().commit(List.of(forged.record()));
        assertThat(verifyAll(false).damaged())
                .singleElement()
                .satisfies(damage -> assertThat(damage.where()).contains(id.toString()));

        memory.store().move(new BranchMove("forged", null, id, List.of(), new OperationId(1, 2)));
        assertThat(verifyAll(false).damaged()).anySatisfy(damage -> {
            assertThat(damage.where()).isEqualTo("branch forged");
            assertThat(damage.snapshot()).isEqualTo(id);
        });
        assertThat(verification().snapshot(id, false).damaged())
                .singleElement()
                .satisfies(damage -> assertThat(damage.snapshot()).isEqualTo(id));
    }

    /** An object that its record does not hold, though its tag is right: only a holder of the key could make it. */
    @Test
    void repository_objectThatIsNotWhatItsIdNames_isFound() {
        ObjectId chunk = chunk(second, "added");
        List<ObjectId> ids = new ArrayList<>();
        List<PlainObject> lies = new ArrayList<>();
        long sequence = recordOf(chunk);
        store.read(store.providers(chunk).getFirst()).header().provided().forEach(object -> {
            ids.add(object.id());
            lies.add(PlainObject.chunk(noise(1000, ids.size())));
        });
        store.replace(sequence, repository.sealer().sealRun(ids, lies));

        VerificationResult result = verifyAll(true);

        assertThat(places(result)).contains(second + ":added");
        assertThat(result.damaged())
                .anySatisfy(damage -> assertThat(damage.where()).contains("object 0"));
        assertThat(verification().snapshot(second, true).isSound()).isFalse();
        assertThat(verification().snapshot(second, false).isSound()).isTrue();
    }

    /** The damaged record is told of, but no path suffers: there is another that gives the bytes. */
    @Test
    void repository_objectWithOneDamagedProviderOfTwo_losesNoPath() {
        ObjectId chunk = chunk(second, "added");
        PlainObject object = repository.objects().read(chunk, ObjectType.CHUNK);
        long damaged = recordOf(chunk);
        SealedRecord again = repository.sealer().sealRun(List.of(chunk), List.of(object));
        List<ObjectId> beside = store.read(store.providers(chunk).getFirst()).header().provided().stream()
                .map(provided -> provided.id())
                .filter(id -> !id.equals(chunk))
                .toList();
        memory.store().heal(List.of(again));
        assertThat(store.providers(chunk)).hasSize(2);
        store.flip(damaged, -1);

        VerificationResult result = verifyAll(true);

        assertThat(result.isSound()).isFalse();
        assertThat(result.damaged())
                .anySatisfy(damage -> assertThat(damage.where()).isEqualTo("record " + damaged));
        assertThat(beside).isNotEmpty();
        beside.forEach(id ->
                memory.store().heal(List.of(repository.sealer().sealRun(List.of(id), List.of(opened(damaged, id))))));
        VerificationResult healed = verifyAll(true);
        assertThat(places(healed)).isEmpty();
        assertThat(healed.damaged())
                .singleElement()
                .satisfies(damage -> assertThat(damage.where()).isEqualTo("record " + damaged));
        // Whoever reads it gets it.
        assertThat(verification().snapshot(second, true).isSound()).isTrue();
    }

    private PlainObject opened(long sequence, ObjectId id) {
        SealedRecord whole = memory.store().read(new RecordRef(sequence, 0));
        return repository.sealer().open(whole, "a test").object(id);
    }

    @Test
    void snapshot_missingChunk_isToldWithItsPathAndTheRestIsLookedAt() {
        store.lose(chunk(second, "added"));
        store.lose(chunk(second, "large"));

        VerificationResult result = verification().snapshot(second, false);

        assertThat(places(result)).containsExactly(second + ":added", second + ":large");
        assertThat(result.objects()).isEqualTo(5);
        assertThat(verification().snapshot(first, false).damaged()).hasSize(1);
    }

    @Test
    void snapshot_damagedChunk_isFoundByReadingOnly() {
        store.flip(recordOf(chunk(second, "d/changed")), -1);

        assertThat(verification().snapshot(second, false).isSound()).isTrue();
        VerificationResult result = verification().snapshot(second, true);

        assertThat(places(result)).contains(second + ":d/changed");
        assertThat(result.damaged())
                .allSatisfy(damage -> assertThat(damage.snapshot()).isEqualTo(second));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void snapshot_missingPage_isToldWithTheSnapshot(boolean data) {
        store.lose(repository.snapshot(second).manifest());

        assertThat(verification().snapshot(second, data).damaged())
                .singleElement()
                .satisfies(damage -> {
                    assertThat(damage.snapshot()).isEqualTo(second);
                    assertThat(damage.path()).isNull();
                });
    }

    @Test
    void snapshot_thatIsNotThere_isDamage() {
        VerificationResult result = verification().snapshot(new ObjectId(1, 2, 3, 4), true);

        assertThat(result.damageCount()).isEqualTo(1);
        assertThat(result.objects()).isZero();
    }

    /** Several damaged records of every kind: however many threads look, all is told in disk order. */
    @Test
    void repository_muchDamageAndManyThreads_isToldAsByOne() {
        store.lose(chunk(first, "large"));
        for (RecordKind kind : new RecordKind[] {RecordKind.RUN, RecordKind.PAGE}) {
            memory.sequences(kind).stream().filter(i -> i % 2 == 0).forEach(i -> store.flip(i, -1));
        }
        memory.store().damage(memory.sequences(RecordKind.RUN).getLast());
        VerificationResult one = verifyAllBy(1);
        assertThat(one.damageCount()).isGreaterThan(3);

        for (int round = 0; round < 20; round++) {
            VerificationResult many = verifyAllBy(6);
            assertThat(many.damaged()).isEqualTo(one.damaged());
            assertThat(many).isEqualTo(one);
        }
    }

    private VerificationResult verifyAllBy(int threads) {
        List<Damage> told = new ArrayList<>();
        Thread caller = Thread.currentThread();
        VerificationProgress progress = new VerificationProgress() {
            @Override
            public void damaged(Damage damage) {
                assertThat(Thread.currentThread()).isSameAs(caller);
                told.add(damage);
            }
        };
        VerificationResult result =
                new Verification(repository, progress, Cancellation.NEVER, threads).repository(true);
        assertThat(told).isEqualTo(result.damaged());
        return result;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void verify_toldToStop_stops(boolean whole) {
        AtomicInteger asked = new AtomicInteger();
        Verification verification =
                new Verification(repository, VerificationProgress.NONE, () -> asked.incrementAndGet() == 3);

        assertThatThrownBy(() -> {
                    VerificationResult unused =
                            whole ? verification.repository(true) : verification.snapshot(second, true);
                    assertThat(unused.isSound()).isTrue();
                })
                .isInstanceOf(CancellationException.class);
        assertThat(asked).hasValue(3);
    }
}
