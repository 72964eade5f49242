package dev.cairn.cas.lmdb;

import static dev.cairn.cas.TestRecords.provided;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.Admission;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.RecordVisitor;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreStats;
import dev.cairn.cas.TestRecords;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deltas on disk: after reopening, after a crash between the commits, and after the index was made anew. */
final class DeltaStoreTest {

    private static final LmdbObjectStore.Options OPTIONS = SmallReplica.OPTIONS;
    private static final int CHUNKS = 10;

    private final TestRecords make = new TestRecords(31);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    /** What was stored: each page's children, each record by what it provides. */
    private final Map<ObjectId, List<ObjectId>> children = new HashMap<>();

    private final Map<ObjectId, SealedRecord> records = new HashMap<>();
    private final Map<ObjectId, Integer> depths = new HashMap<>();

    private Path folder() {
        return temporary.resolve("replica");
    }

    private LmdbObjectStore create() {
        return LmdbObjectStore.create(folder(), SmallReplica.REPOSITORY, OPTIONS);
    }

    private LmdbObjectStore open() {
        return LmdbObjectStore.open(folder(), OPTIONS);
    }

    private void put(ObjectStore store, SealedRecord record, int depth) {
        store.commit(List.of(record));
        records.put(provided(record), record);
        depths.put(provided(record), depth);
    }

    private List<ObjectId> putChunks(ObjectStore store, int count, int bytes) {
        List<ObjectId> chunks = make.ids(count);
        SealedRecord run = make.run(bytes, chunks.toArray(ObjectId[]::new));
        put(store, run, 0);
        return chunks;
    }

    private ProvidedObject putPage(ObjectStore store, List<ObjectId> chunks) {
        ProvidedObject page = new ProvidedObject(make.id(), List.of(), chunks);
        put(store, make.pages(page), 0);
        children.put(page.id(), chunks);
        return page;
    }

    /** A page, deltas of it one upon the other, and beside each a delta of chunks that names its bases by it. */
    private List<ProvidedObject> putChain(ObjectStore store, int depth) {
        List<ProvidedObject> chain = new ArrayList<>(List.of(putPage(store, putChunks(store, CHUNKS, 2_000))));
        for (int i = 1; i <= depth; i++) {
            ProvidedObject before = chain.getLast();
            List<ObjectId> chunks = new ArrayList<>(before.chunkChildren());
            ObjectId made = make.id();
            put(store, make.delta(store, List.of(before.id()), List.of(chunks.getFirst()), made), i);
            chunks.set(0, made);
            ProvidedObject next = new ProvidedObject(make.id(), List.of(), List.copyOf(chunks));
            put(store, make.pageDelta(store, before.id(), next), i);
            children.put(next.id(), next.chunkChildren());
            chain.add(next);
        }
        return chain;
    }

    private void requireWhole(ObjectStore store) {
        records.forEach((id, record) -> {
            SealedRecord read = store.read(store.providers(id).getFirst());
            assertThat(read.bytes()).isEqualTo(record.bytes());
            assertThat(read.header()).isEqualTo(record.header());
        });
        children.forEach((page, list) -> assertThat(store.children(page)).isEqualTo(list));
        depths.forEach((id, depth) -> assertThat(store.depth(id)).isEqualTo(depth));
    }

    @Test
    void open_chainsOfDeltas_readBack() {
        try (LmdbObjectStore store = create()) {
            putChain(store, Admission.DEPTH_MAX);
            putChain(store, 3);
            requireWhole(store);
        }
        try (LmdbObjectStore store = open()) {
            requireWhole(store);
        }
    }

    @Test
    void recover_chainInOneBatchCopiedBetweenTheCommits_isIndexed() {
        Path crashed = temporary.resolve("crashed");
        StoreStats stats;
        List<SealedRecord> batch = new ArrayList<>();
        try (LmdbObjectStore scratch =
                        LmdbObjectStore.create(temporary.resolve("scratch"), SmallReplica.REPOSITORY, OPTIONS);
                LmdbObjectStore store = create()) {
            putChain(scratch, Admission.DEPTH_MAX);
            scratch.forEachRecord(EnumSet.allOf(RecordKind.class), new RecordVisitor() {
                @Override
                public void record(long sequence, SealedRecord record) {
                    batch.add(record);
                }

                @Override
                public void damaged(long sequence, CorruptDataException damage) {
                    throw damage;
                }
            });
            store.shared().betweenCommits(() -> {
                try {
                    SmallReplica.delete(crashed);
                    SmallReplica.copy(folder(), crashed);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            store.commit(batch);
            stats = store.stats();
        }
        try (LmdbObjectStore store = LmdbObjectStore.open(crashed, OPTIONS)) {
            assertThat(store.has(provided(batch.getLast())))
                    .as("nobody wrote yet")
                    .isFalse();
            assertThat(store.commit(batch).recordsStored()).isZero();
            assertThat(store.stats().objects()).isEqualTo(stats.objects());
            assertThat(store.stats().records()).isEqualTo(stats.records());
            requireWhole(store);
        }
    }

    @Test
    void rebuild_chainsOverSeveralVolumes_comeBackWhole() throws IOException {
        StoreStats before;
        try (LmdbObjectStore store = create()) {
            for (int i = 0; i < 4; i++) {
                putChain(store, 2 * i + 1);
                putChunks(store, 1, 120_000);
            }
            before = store.stats();
        }
        SmallReplica.delete(folder().resolve("index"));
        RebuildReport report = LmdbObjectStore.rebuildIndex(folder(), OPTIONS);
        assertThat(report.losses()).isEmpty();
        assertThat(report.volumes()).isGreaterThan(2);
        try (LmdbObjectStore store = open()) {
            requireWhole(store);
            assertThat(store.stats().records()).isEqualTo(before.records());
            assertThat(store.stats().objects()).isEqualTo(before.objects());
        }
    }

    /** Whoever renames volumes, or joins those of two replicas, has deltas before what they build on. */
    @Test
    void rebuild_basesComeInALaterVolume_areWaitedFor() throws IOException {
        try (LmdbObjectStore store = create()) {
            List<ProvidedObject> chain = putChain(store, 2);
            putChunks(store, 1, 120_000);
            ProvidedObject base = chain.getLast();
            for (int i = 0; i < 3; i++) {
                ObjectId made = make.id();
                put(store, make.delta(store, List.of(base.id()), base.chunkChildren(), made), 3);
                List<ObjectId> chunks = new ArrayList<>(base.chunkChildren());
                chunks.set(5, made);
                ProvidedObject next = new ProvidedObject(make.id(), List.of(), List.copyOf(chunks));
                put(store, make.pageDelta(store, base.id(), next), 3 + i);
                children.put(next.id(), next.chunkChildren());
                depths.put(made, 3);
                base = next;
                putChunks(store, 1, 120_000);
            }
        }
        reverseVolumes();
        SmallReplica.delete(folder().resolve("index"));
        LmdbObjectStore.rebuildIndex(folder(), OPTIONS);
        try (LmdbObjectStore store = open()) {
            assertThat(records.keySet()).allMatch(store::has);
            records.forEach((id, record) -> assertThat(
                            store.read(store.providers(id).getFirst()).header())
                    .isEqualTo(record.header()));
            children.forEach((page, list) -> assertThat(store.children(page)).isEqualTo(list));
        }
    }

    private void reverseVolumes() throws IOException {
        Path volumes = folder().resolve("volumes");
        List<Path> files;
        try (var list = Files.list(volumes)) {
            files = list.filter(path -> path.toString().endsWith(".mdb"))
                    .sorted()
                    .toList();
        }
        assertThat(files.size()).isGreaterThan(2);
        List<Path> aside = new ArrayList<>();
        for (Path file : files) {
            aside.add(Files.move(file, file.resolveSibling(file.getFileName() + ".aside")));
        }
        for (int i = 0; i < files.size(); i++) {
            Files.move(aside.get(files.size() - 1 - i), files.get(i), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    @Test
    void rebuild_baseIsGone_leavesOutAllThatBuildsOnItAndSaysSo() throws IOException {
        List<ProvidedObject> chain;
        ProvidedObject other;
        ObjectId tip = make.id();
        try (LmdbObjectStore store = create()) {
            other = putPage(store, putChunks(store, 3, 100));
            chain = putChain(store, 3);
            put(store, make.snapshot(tip, 1, List.of(), chain.getLast().id()), 0);
            store.move(new BranchMove("main", null, tip, List.of(), make.operation()));
        }
        Path volume = folder().resolve(Damage.volume(1));
        byte[] bytes = Files.readAllBytes(volume);
        byte[] second = Objects.requireNonNull(records.get(chain.get(1).id())).bytes();
        bytes[VolumeBytes.indexOf(bytes, second) + second.length - 1] ^= 1;
        Files.write(volume, bytes);
        SmallReplica.delete(folder().resolve("index"));
        RebuildReport report = LmdbObjectStore.rebuildIndex(folder(), OPTIONS);
        assertThat(report.losses()).anyMatch(loss -> loss.contains("left out, since what it builds on is gone"));
        assertThat(report.branches()).isZero();
        try (LmdbObjectStore store = open()) {
            assertThat(store.has(chain.get(0).id())).isTrue();
            assertThat(store.has(other.id())).isTrue();
            for (ProvidedObject gone : chain.subList(1, 4)) {
                assertThat(store.has(gone.id())).isFalse();
            }
            assertThat(store.has(tip)).isFalse();
            for (SealedRecord record : records.values()) {
                // What is in the index is closed: everything reads.
                for (RecordRef ref : store.providers(provided(record))) {
                    assertThat(store.read(ref).header()).isEqualTo(record.header());
                }
            }
            // Brought back from elsewhere, all of it is whole again.
            ObjectId made = chain.get(1).chunkChildren().getFirst();
            assertThat(store.has(made)).isTrue();
            assertThatThrownBy(() -> store.children(chain.get(1).id())).isInstanceOf(MissingObjectsException.class);
            store.commit(List.of(make.pages(chain.get(1))));
            assertThat(store.children(chain.get(1).id())).isEqualTo(chain.get(1).chunkChildren());
        }
    }
}
