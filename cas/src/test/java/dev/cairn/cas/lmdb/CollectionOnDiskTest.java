package dev.cairn.cas.lmdb;

import static dev.cairn.cas.TestRecords.provided;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.BranchMove;
import dev.cairn.cas.Collectable;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordFinding;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.RecordVisitor;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.TestNotes;
import dev.cairn.cas.TestRecords;
import dev.cairn.cas.gc.Closure;
import dev.cairn.cas.gc.CollectionPlan;
import dev.cairn.cas.gc.CollectionProgress;
import dev.cairn.cas.gc.CollectionResult;
import dev.cairn.cas.gc.Collector;
import dev.cairn.cas.gc.VolumePlan;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is of files and processes in a collection: space, crashes, sessions of others, the rebuild of the index afterwards. */
@Order(2)
class CollectionOnDiskTest {

    private static final RepositoryId REPOSITORY = new RepositoryId(new ObjectId(1, 2, 3, 4));

    /** A volume is full after about 300 KB. */
    static final LmdbObjectStore.Options OPTIONS =
            LmdbObjectStore.Options.DEFAULT.withVolumeBytesMax((1 << 20) + 300_000);

    private final TestRecords make = new TestRecords(20_261_130);
    private final List<ObjectId> kept = new ArrayList<>();
    private final List<ObjectId> gone = new ArrayList<>();
    private @Nullable ObjectId head;

    @TempDir
    Path temporary;

    private Path folder() {
        return temporary.resolve("repository");
    }

    private LmdbObjectStore open() {
        return LmdbObjectStore.open(folder(), OPTIONS);
    }

    /** Stores snapshots, of which every fifth stays retained. */
    private void fill(int snapshots) {
        try (LmdbObjectStore store = LmdbObjectStore.create(folder(), REPOSITORY, OPTIONS)) {
            store.configure(0, SmallReplica.CONFIGURATION);
            for (int i = 0; i < snapshots; i++) {
                ObjectId snapshot = make.id();
                store.commit(make.tree(snapshot, i, 30_000));
                store.move(new BranchMove("main", head, snapshot, List.of(), make.operation()));
                head = snapshot;
                (i % 5 == 4 ? kept : gone).add(snapshot);
            }
            TestNotes notes = new TestNotes(make);
            store.annotate(
                    gone.stream().map(snapshot -> notes.forget(snapshot, 1)).toList());
        }
    }

    private void requireKept(ObjectStore store) {
        Closure.require(store);
        List<ObjectId> retained = new ArrayList<>(kept);
        if (!retained.contains(head)) {
            // What a branch points at stays on the list, forgotten or not.
            retained.add(head);
        }
        assertThat(store.snapshots())
                .extracting(snapshot -> snapshot.snapshot())
                .containsExactlyElementsOf(retained);
        assertThat(store.branch("main").orElseThrow().snapshot()).isEqualTo(head);
        assertThat(store.configuration().orElseThrow().bytes()).isEqualTo(SmallReplica.CONFIGURATION);
    }

    private long fileBytes() throws IOException {
        try (var files = Files.list(ReplicaFolder.volumes(folder()))) {
            long bytes = 0;
            for (Path file : files.toList()) {
                bytes += file.toString().endsWith(".mdb") ? Files.size(file) : 0;
            }
            return bytes;
        }
    }

    @Test
    void run_mostlyDeadVolumes_givesTheFileSystemItsSpaceBack() throws IOException {
        fill(40);
        long before = fileBytes();
        assertThat(ReplicaFolder.volumeNumbers(folder())).hasSizeGreaterThan(3);
        try (LmdbObjectStore store = open();
                LmdbObjectStore other = open()) {
            Closure.require(other);
            CollectionPlan plan = new Collector(store).plan();
            assertThat(plan.volumes()).anyMatch(volume -> volume.action() == VolumePlan.Action.EMPTY);
            CollectionResult result = new Collector(store).run();
            assertThat(result.removed().snapshots()).isEqualTo(32);
            assertThat(result.reclaimed().volumes()).isGreaterThan(3);
            assertThat(result.reclaimed().bytesFreed()).isGreaterThan(before / 2);
            assertThat(fileBytes()).isLessThan(before / 2);
            requireKept(store);
            requireKept(other);
            CollectionResult again = new Collector(store).run();
            assertThat(again.reclaimed().volumes())
                    .as("nothing is copied twice")
                    .isZero();
            other.commit(List.of(make.run(100)));
        }
        try (var files = Files.list(ReplicaFolder.volumes(folder()))) {
            assertThat(files).hasSize(2 * ReplicaFolder.volumeNumbers(folder()).size());
        }
    }

    @Test
    void run_damagedRecords_takesTheNotesOfTheDeadAndKeepsThoseOfTheLiving() {
        fill(40);
        ObjectId living = kept.getFirst();
        try (LmdbObjectStore store = open()) {
            RecordRef dead = store.providers(gone.getFirst()).getFirst();
            RecordRef alive = store.providers(living).getFirst();
            RecordFinding found = new RecordFinding(alive.sequence(), RecordFinding.State.ALTERED);
            store.note(List.of(found, new RecordFinding(dead.sequence(), RecordFinding.State.ALTERED)));
            int volumes = store.scrubs().size();
            new Collector(store).run();
            assertThat(store.scrubs()).hasSizeLessThan(volumes);
            assertThat(store.noted()).containsExactly(found);
            assertThat(store.has(living)).isFalse();
            assertThat(store.providers(living)).containsExactly(alive);

            store.note(List.of(new RecordFinding(dead.sequence(), RecordFinding.State.UNUSABLE)));
            assertThat(store.noted()).as("nothing is noted of what is gone").containsExactly(found);
            ScrubReport report = store.scrub(ScrubBudget.ALL, Instant::now, () -> true, ScrubProgress.NONE);
            assertThat(report.isSound()).isTrue();
            assertThat(report.records()).isEqualTo(store.stats().records());
            assertThat(store.has(living)).isTrue();
            requireKept(store);
        }
    }

    @Test
    void scrub_volumesThatAreCollectedMeanwhile_arePassedOver() {
        fill(40);
        try (LmdbObjectStore store = open();
                LmdbObjectStore other = open()) {
            boolean[] isCollected = {false};
            BooleanSupplier collecting = () -> {
                if (!isCollected[0]) {
                    isCollected[0] = true;
                    assertThat(new Collector(other).run().reclaimed().volumes()).isGreaterThan(3);
                }
                return true;
            };
            ScrubReport report = store.scrub(ScrubBudget.ALL, Instant::now, collecting, ScrubProgress.NONE);
            assertThat(report.damaged()).isEmpty();
            assertThat(report.isSound()).isTrue();
            assertThat(report.volumes())
                    .hasSize(ReplicaFolder.volumeNumbers(folder()).size());
            requireKept(store);
        }
    }

    @Test
    void forEachRecord_recordsThatAreCollectedMeanwhile_arePassedOver() {
        fill(40);
        try (LmdbObjectStore store = open();
                LmdbObjectStore other = open()) {
            List<Long> seen = new ArrayList<>();
            store.forEachRecord(EnumSet.allOf(RecordKind.class), new RecordVisitor() {
                @Override
                public void record(long sequence, SealedRecord record) {
                    if (seen.isEmpty()) {
                        new Collector(other).run();
                    }
                    seen.add(sequence);
                }

                @Override
                public void damaged(long sequence, CorruptDataException damage) {
                    throw damage;
                }
            });
            assertThat(seen).hasSizeGreaterThan((int) store.stats().records() - 2);
        }
    }

    @Test
    void rebuild_afterACollection_givesTheSameAndLosesNothing() {
        fill(40);
        try (LmdbObjectStore store = open()) {
            new Collector(store).run();
            requireKept(store);
        }
        RebuildReport report = LmdbObjectStore.rebuildIndex(folder(), OPTIONS);
        assertThat(report.losses()).isEmpty();
        try (LmdbObjectStore store = open()) {
            requireKept(store);
            new Collector(store).run();
            requireKept(store);
            assertThat(store.missing(gone)).isEqualTo(gone);
        }
    }

    @Test
    void rebuild_deadRecordsInAVolumeThatStayed_areNoLoss() {
        fill(40);
        try (LmdbObjectStore store = open()) {
            // Volumes go only where nothing in them lives: what is dead in the others stays in their files.
            new Collector(store, 1, CollectionProgress.NONE, () -> false).run();
        }
        RebuildReport report = LmdbObjectStore.rebuildIndex(folder(), OPTIONS);
        assertThat(report.losses()).isEmpty();
        try (LmdbObjectStore store = open()) {
            requireKept(store);
        }
    }

    @Test
    void rebuild_recordsOfWhichPartWasCollected_keepsTheirLivePart() {
        ObjectId first = make.id();
        ObjectId second = make.id();
        ProvidedObject live = new ProvidedObject(make.id(), List.of(), List.of(first));
        ProvidedObject dead = new ProvidedObject(make.id(), List.of(), List.of(second));
        ObjectId snapshot = make.id();
        try (LmdbObjectStore store = LmdbObjectStore.create(folder(), REPOSITORY, OPTIONS)) {
            store.configure(0, SmallReplica.CONFIGURATION);
            store.commit(List.of(make.run(700_000, second), make.run(400_000)));
            store.commit(List.of(make.run(100_000, first), make.pages(live, dead)));
            store.commit(List.of(make.snapshot(snapshot, 1, List.of(), live.id())));
            store.move(new BranchMove("main", null, snapshot, List.of(), make.operation()));
            kept.add(snapshot);
            head = snapshot;
            new Collector(store).run();
            assertThat(store.missing(List.of(dead.id(), second))).hasSize(2);
            assertThat(Files.exists(VolumeSet.path(ReplicaFolder.volumes(folder()), 1)))
                    .isFalse();
        }
        assertThat(LmdbObjectStore.rebuildIndex(folder(), OPTIONS).losses()).isEmpty();
        try (LmdbObjectStore store = open()) {
            requireKept(store);
            assertThat(store.has(live.id())).isTrue();
            assertThat(store.has(dead.id())).isFalse();
        }
    }

    @Test
    void move_repeatedAfterItsVolumeWentAndARebuild_getsItsFirstAnswer() {
        fill(5);
        ObjectId target = make.id();
        BranchMove move = new BranchMove("other", null, target, List.of(), make.operation());
        try (LmdbObjectStore store = open()) {
            store.commit(make.tree(target, 9, 100));
            store.move(move);
            kept.add(target);
            for (int i = 0; i < 3; i++) {
                store.commit(List.of(make.run(900_000)));
            }
            assertThat(new Collector(store).run().reclaimed().volumes()).isPositive();
        }
        assertThat(LmdbObjectStore.rebuildIndex(folder(), OPTIONS).losses()).isEmpty();
        try (LmdbObjectStore store = open()) {
            assertThat(store.move(move)).isInstanceOf(BranchMove.Outcome.Moved.class);
            assertThat(store.branch("other").orElseThrow().version()).isEqualTo(1);
        }
    }

    @Test
    void run_killedAnywhere_isGoneOnWith() throws Exception {
        fill(40);
        SplittableRandom random = new SplittableRandom(20_261_131);
        for (int i = 0; i < 4; i++) {
            Process child = ChildStore.start(List.of(), folder(), "collect");
            try (BufferedReader output = ChildStore.output(child)) {
                int lines = random.nextInt(1 + 25 * i);
                for (int line = 0; line < lines && output.readLine() != null; line++) {
                    assertThat(child.pid()).isPositive();
                }
                child.destroyForcibly();
                assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
            }
            try (LmdbObjectStore store = open()) {
                store.commit(List.of(make.run(10)));
                kept.forEach(id -> Closure.read(store, id, new java.util.HashSet<>()));
            }
        }
        try (LmdbObjectStore store = open()) {
            new Collector(store).run();
            requireKept(store);
            assertThat(store.missing(gone)).isEqualTo(gone);
        }
        assertThat(LmdbObjectStore.rebuildIndex(folder(), OPTIONS).losses()).isEmpty();
        try (LmdbObjectStore store = open()) {
            requireKept(store);
        }
    }

    @Test
    void run_sessionOfAnotherProcess_isWaitedForUntilItIsGone() throws Exception {
        fill(6);
        Process child = ChildStore.start(List.of(), folder(), "session");
        try (BufferedReader output = ChildStore.output(child);
                LmdbObjectStore store = open()) {
            assertThat(output.readLine()).isEqualTo("begun");
            CollectionResult result = new Collector(store).run();
            assertThat(result.waiting()).containsExactly(new Collectable.OpenSession("a child"));
            assertThat(result.removed()).isEqualTo(Collectable.Removed.NOTHING);
            child.destroyForcibly();
            assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(new Collector(store).run().removed().snapshots()).isEqualTo(4);
            requireKept(store);
            try (var files = Files.list(ReplicaFolder.sessions(folder()))) {
                assertThat(files).isEmpty();
            }
        }
    }

    @Test
    void session_thatCannotBeBegun_readsAllTheSame() throws IOException {
        fill(6);
        Files.createDirectories(ReplicaFolder.sessions(folder()).getParent());
        Files.writeString(ReplicaFolder.sessions(folder()), "in the way of the folder");
        try (LmdbObjectStore store = open();
                ObjectStore session = store.session("a test")) {
            Closure.require(session);
            assertThat(new Collector(store).run().waiting())
                    .as("it protects nothing")
                    .isEmpty();
            assertThat(session.missing(gone)).hasSize(4);
            assertThat(session.missing(kept)).isEmpty();
        }
    }

    @Test
    void run_manyObjects_needsLittleMemory() throws Exception {
        try (LmdbObjectStore store = LmdbObjectStore.create(folder(), REPOSITORY, OPTIONS)) {
            ManyObjects.store(store, 150_000);
        }
        Process child = ChildStore.startSmall(folder(), "collect");
        try (BufferedReader output = ChildStore.output(child)) {
            assertThat(output.lines()).contains("collected 75000");
        }
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void run_damagedPage_refusesAndRemovesNothing() throws IOException {
        fill(6);
        try (LmdbObjectStore store = open()) {
            RecordRef ref = store.providers(kept.getFirst()).getFirst();
            ObjectId page = store.read(ref)
                    .header()
                    .provided()
                    .getFirst()
                    .nodeChildren()
                    .getFirst();
            SealedRecord record = store.read(store.providers(page).getFirst());
            Path volume = VolumeSet.path(ReplicaFolder.volumes(folder()), 1);
            int at = VolumeBytes.indexOf(Files.readAllBytes(volume), record.bytes());
            try (FileChannel channel = FileChannel.open(volume, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(new byte[] {(byte) (record.bytes()[0] ^ 1)}), at);
            }
            long objects = store.stats().objects();
            assertThatThrownBy(() -> new Collector(store).run()).isInstanceOf(CorruptDataException.class);
            assertThat(store.stats().objects()).isEqualTo(objects);
            assertThat(store.missing(gone)).isEmpty();
            assertThat(provided(record)).isEqualTo(page);
        }
    }
}
