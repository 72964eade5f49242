package dev.cairn.cas.gc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.Admission;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.Collectable;
import dev.cairn.cas.CollectionState.Phase;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.Note;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.TestNotes;
import dev.cairn.cas.TestRecords;
import dev.cairn.cas.file.FolderTree;
import dev.cairn.cas.lmdb.LmdbObjectStore;
import dev.cairn.cas.lmdb.MemoryFolder;
import dev.cairn.cas.memory.InMemoryObjectStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writers that share most of what they store, and a collector that runs all the time. What was acknowledged and is retained can
 * be read at every moment, and a session is never refused for the lack of what it was told is there. The system property
 * {@code cairn.gc.seeds} says how many seeds are tried.
 */
class CollectionRaceTest {

    private static final int SEEDS = Integer.getInteger("cairn.gc.seeds", 2);
    private static final long FIRST_SEED = Long.getLong("cairn.gc.seed", 1);
    private static final int WRITERS = 4;
    private static final int SNAPSHOTS = 25;
    private static final int CHUNKS = 40;
    private static final RepositoryId REPOSITORY = new RepositoryId(new ObjectId(1, 2, 3, 4));

    /** In memory: a seed commits some thousand times, and what a disk syncs is the subject of other tests. */
    @TempDir(factory = MemoryFolder.class)
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    @Test
    void run_besideWriters_inMemory() throws Exception {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            race(new InMemoryObjectStore(REPOSITORY), seed);
        }
    }

    @Test
    void run_besideWriters_onDisk() throws Exception {
        LmdbObjectStore.Options options = LmdbObjectStore.Options.DEFAULT.withVolumeBytesMax((1 << 20) + 200_000);
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            Path folder = temporary.resolve("repository-" + seed);
            race(LmdbObjectStore.create(folder, REPOSITORY, options), seed);
            FolderTree.deleteIfExists(folder);
        }
    }

    private static void race(ObjectStore store, long seed) throws Exception {
        Queue<ObjectId> forgotten = new ConcurrentLinkedQueue<>();
        TestNotes notes = new TestNotes(new TestRecords(-seed));
        AtomicBoolean writing = new AtomicBoolean(true);
        try (store;
                ExecutorService threads = Executors.newFixedThreadPool(WRITERS + 2)) {
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                Writer writer = new Writer(store, seed * WRITERS + i, forgotten);
                writers.add(threads.submit(writer::run));
            }
            Future<?> collector = threads.submit(() -> {
                while (writing.get()) {
                    collect(store, notes, forgotten);
                }
            });
            Future<?> reader = threads.submit(() -> {
                while (writing.get()) {
                    try (ObjectStore session = store.session("reader")) {
                        session.branches().forEach(branch -> Closure.read(session, branch.snapshot(), new HashSet<>()));
                    }
                }
            });
            try {
                for (Future<?> writer : writers) {
                    writer.get();
                }
            } finally {
                writing.set(false);
            }
            collector.get();
            reader.get();
            collect(store, notes, forgotten);
            CollectionResult last = collect(store, notes, forgotten);
            assertThat(last.removed()).isEqualTo(Collectable.Removed.NOTHING);
            assertThat(last.waiting()).isEmpty();
            try (Collectable collectable = store.collectable()) {
                assertThat(collectable.state().phase()).isNotEqualTo(Phase.DELETING);
                assertThat(collectable.condemned()).isZero();
            }
            Closure.require(store);
        }
    }

    private static CollectionResult collect(ObjectStore store, TestNotes notes, Queue<ObjectId> forgotten) {
        List<Note> gone = new ArrayList<>();
        for (ObjectId id = forgotten.poll(); id != null; id = forgotten.poll()) {
            gone.add(notes.forget(id, 1));
        }
        store.annotate(gone);
        return new Collector(store, 0.3, CollectionProgress.NONE, () -> false).run();
    }

    /** Makes snapshots of chunks and pages that the others make too, each on its branch. */
    private static final class Writer {

        private final ObjectStore store;
        private final SplittableRandom random;
        private final TestRecords make;
        private final Queue<ObjectId> forgotten;
        private final String branch;
        private final Deque<ObjectId> retained = new ArrayDeque<>();
        private @Nullable ObjectId head;

        Writer(ObjectStore store, long seed, Queue<ObjectId> forgotten) {
            this.store = store;
            this.random = new SplittableRandom(seed);
            this.make = new TestRecords(seed);
            this.forgotten = forgotten;
            this.branch = "branch-" + seed;
        }

        void run() {
            for (int i = 0; i < SNAPSHOTS; i++) {
                if (random.nextInt(4) == 0) {
                    snapshotWithoutSession(i);
                } else {
                    try (ObjectStore session = store.session(branch)) {
                        snapshot(session, i);
                    }
                }
                Closure.read(store, java.util.Objects.requireNonNull(head), new HashSet<>());
                while (retained.size() > 2) {
                    forgotten.add(retained.removeFirst());
                }
            }
        }

        /** Without a session what it relied on may go: then it begins again. */
        private void snapshotWithoutSession(int sequence) {
            while (true) {
                try {
                    snapshot(store, sequence);
                    return;
                } catch (MissingObjectsException e) {
                    assertThat(e.ids()).isNotEmpty();
                }
            }
        }

        private void snapshot(ObjectStore at, int sequence) {
            List<ObjectId> leaves = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                List<ObjectId> chunks = chunks();
                for (ObjectId lacking : at.missing(chunks)) {
                    at.commit(List.of(record(at, lacking)));
                }
                leaves.add(page(at, List.of(), chunks));
            }
            ObjectId root = page(at, leaves, List.of());
            ObjectId snapshot = make.id();
            at.commit(List.of(make.snapshot(snapshot, sequence, List.of(), root)));
            BranchMove.Outcome outcome = at.move(new BranchMove(branch, head, snapshot, List.of(), make.operation()));
            assertThat(outcome).isInstanceOf(BranchMove.Outcome.Moved.class);
            head = snapshot;
            retained.addLast(snapshot);
        }

        private List<ObjectId> chunks() {
            List<ObjectId> chunks = new ArrayList<>();
            int first = random.nextInt(CHUNKS);
            for (int i = 0; i < 4; i++) {
                chunks.add(chunk((first + i) % CHUNKS));
            }
            return chunks;
        }

        private static ObjectId chunk(long number) {
            return new ObjectId(number * 0x9e3779b97f4a7c15L, number, 1, 1);
        }

        /** As a delta of another chunk that is there, where there is one. */
        private SealedRecord record(ObjectStore at, ObjectId id) {
            ObjectId base = chunk(random.nextInt(CHUNKS));
            boolean isDelta =
                    random.nextBoolean() && !base.equals(id) && at.has(base) && at.depth(base) < Admission.DEPTH_MAX;
            return isDelta ? make.delta(List.of(base), id) : make.run(2_000 + random.nextInt(3_000), id);
        }

        private ObjectId page(ObjectStore at, List<ObjectId> nodes, List<ObjectId> chunks) {
            ObjectId id = id(nodes, chunks);
            if (!at.has(id)) {
                at.commit(List.of(make.pages(new ProvidedObject(id, nodes, chunks))));
            }
            return id;
        }

        private static ObjectId id(List<ObjectId> nodes, List<ObjectId> chunks) {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                nodes.forEach(id -> digest.update(id.bytes()));
                chunks.forEach(id -> digest.update(id.bytes()));
                ByteBuffer bytes = ByteBuffer.wrap(digest.digest());
                return ObjectId.read(bytes);
            } catch (java.security.NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
