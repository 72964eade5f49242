package dev.cairn.cas.lmdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.BranchMove;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreStats;
import dev.cairn.cas.TestRecords;
import dev.cairn.cas.lmdb.wire.Journal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the next writer makes of a replica whose last writer stopped between the commits of volume and index. */
final class RecoveryTest {

    private static final LmdbObjectStore.Options OPTIONS = SmallReplica.OPTIONS;

    private final TestRecords make = new TestRecords(11);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    private Path folder() {
        return temporary.resolve("replica");
    }

    private Path crashed() {
        return temporary.resolve("crashed");
    }

    /** Ends a transaction between the two commits. */
    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private static void crash(LmdbObjectStore store, Runnable change) {
        store.shared().betweenCommits(() -> {
            throw new Crash();
        });
        assertThatThrownBy(change::run).isInstanceOf(Crash.class);
        store.shared().betweenCommits(() -> {});
    }

    /** From now on, each commit leaves the folder at {@link #crashed} as a crash between its two commits would. */
    private void copyBetweenCommits(LmdbObjectStore store) {
        store.shared().betweenCommits(() -> {
            try {
                SmallReplica.delete(crashed());
                SmallReplica.copy(folder(), crashed());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static BranchMove move(ObjectId target, TestRecords make) {
        return new BranchMove("main", null, target, List.of(), make.operation());
    }

    @Test
    void commit_folderCopiedBetweenTheCommits_recoversAllThatTheVolumeHas() {
        ObjectId tip = make.id();
        List<SealedRecord> tree = make.tree(tip, 1, 3_000);
        SealedRecord before = make.run(500);
        StoreStats stats;
        try (LmdbObjectStore store = LmdbObjectStore.create(folder(), SmallReplica.REPOSITORY, OPTIONS)) {
            store.commit(List.of(before));
            copyBetweenCommits(store);
            store.commit(tree);
            stats = store.stats();
        }
        try (LmdbObjectStore store = LmdbObjectStore.open(crashed(), OPTIONS)) {
            assertThat(store.has(tip)).as("nobody wrote yet").isFalse();
            assertThat(store.has(TestRecords.provided(before))).isTrue();
            assertThat(store.commit(tree).recordsStored()).isZero();
            assertThat(store.stats().objects()).isEqualTo(stats.objects());
            assertThat(store.stats().records()).isEqualTo(stats.records());
            assertThat(store.stats().recordBytes()).isEqualTo(stats.recordBytes());
            for (SealedRecord record : tree) {
                ObjectId id = TestRecords.provided(record);
                assertThat(store.read(store.providers(id).getFirst()).bytes()).isEqualTo(record.bytes());
            }
        }
    }

    @Test
    void commit_moveAndConfigurationCopiedBetweenTheCommits_areRecovered() {
        ObjectId tip = make.id();
        BranchMove move = move(tip, make);
        BranchMove conflict = new BranchMove("main", make.id(), tip, List.of(), make.operation());
        try (LmdbObjectStore store = LmdbObjectStore.create(folder(), SmallReplica.REPOSITORY, OPTIONS)) {
            store.commit(make.tree(tip, 1, 100));
            copyBetweenCommits(store);
            store.move(move);
            requireRecovered(tip);
            store.move(conflict);
            store.configure(0, new byte[] {1, 2});
        }
        try (LmdbObjectStore store = LmdbObjectStore.open(crashed(), OPTIONS)) {
            assertThat(store.configure(0, new byte[] {1, 2}))
                    .as("the same change again")
                    .isTrue();
            assertThat(store.configuration().orElseThrow().revision()).isEqualTo(1);
            assertThat(store.move(conflict)).isInstanceOf(BranchMove.Outcome.Conflict.class);
            assertThat(store.branch("main").orElseThrow().version()).isEqualTo(1);
        }
    }

    private void requireRecovered(ObjectId tip) {
        try (LmdbObjectStore store = LmdbObjectStore.open(crashed(), OPTIONS)) {
            assertThat(store.branch("main")).isEmpty();
            store.commit(List.of(make.run(10)));
            assertThat(store.branch("main").orElseThrow().snapshot()).isEqualTo(tip);
            assertThat(store.snapshots()).hasSize(1);
        }
    }

    @Test
    void commit_crashedTimeAndAgain_recoversEachTime() {
        List<List<SealedRecord>> trees = new ArrayList<>();
        try (LmdbObjectStore store = LmdbObjectStore.create(folder(), SmallReplica.REPOSITORY, OPTIONS)) {
            store.commit(List.of(make.run(10)));
        }
        for (int i = 0; i < 4; i++) {
            List<SealedRecord> tree = make.tree(make.id(), i, 1_000);
            trees.add(tree);
            try (LmdbObjectStore store = LmdbObjectStore.open(folder(), OPTIONS)) {
                crash(store, () -> store.commit(tree));
            }
        }
        try (LmdbObjectStore store = LmdbObjectStore.open(folder(), OPTIONS)) {
            store.commit(List.of(make.run(10)));
            for (List<SealedRecord> tree : trees) {
                assertThat(store.commit(tree).recordsStored()).isZero();
            }
            assertThat(store.stats().records()).isEqualTo(14);
        }
    }

    @Test
    void commit_crashedTimeAndAgainInOneStore_goesOn() {
        List<SealedRecord> tree = make.tree(make.id(), 1, 1_000);
        try (LmdbObjectStore store = LmdbObjectStore.create(folder(), SmallReplica.REPOSITORY, OPTIONS)) {
            store.commit(List.of(make.run(10)));
            for (int i = 0; i < 3; i++) {
                crash(store, () -> store.commit(List.of(make.run(300))));
            }
            store.commit(tree);
            assertThat(store.stats().records()).isEqualTo(7);
            CrashTest.requireWhole(store, 7);
        }
    }

    @Test
    void commit_processHaltedBetweenTheCommits_recovers() throws Exception {
        SmallReplica replica = SmallReplica.create(folder(), 3);
        for (int i = 0; i < 2; i++) {
            Process child = ChildStore.start(List.of(), folder(), "halt", String.valueOf(500 + i));
            assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(child.exitValue()).isEqualTo(ChildStore.HALTED);
        }
        try (LmdbObjectStore store = LmdbObjectStore.open(folder(), OPTIONS)) {
            replica.requireWhole(store);
            store.commit(List.of(make.run(10)));
            replica.requireWhole(store);
            assertThat(store.commit(new TestRecords(500).tree(new ObjectId(5, 0, 0, 500), 1, 5_000))
                            .recordsStored())
                    .isZero();
            assertThat(store.commit(new TestRecords(501).tree(new ObjectId(5, 0, 0, 501), 1, 5_000))
                            .recordsStored())
                    .isZero();
        }
    }

    /** The last volume of {@link #crashed}, as bytes to be damaged. */
    private byte[] tail() throws IOException {
        return Files.readAllBytes(crashed().resolve(Damage.volume(1)));
    }

    private void leaveTail(byte[] volume, int at) throws IOException {
        volume[at] ^= 0x20;
        Files.write(crashed().resolve(Damage.volume(1)), volume);
    }

    /**
     * Stores {@code tree} and moves a branch to {@code tip} in one transaction, and leaves its containers in {@link #crashed}
     * beyond what the index there knows.
     */
    private BranchMove crashWith(List<SealedRecord> tree, ObjectId tip) throws InterruptedException {
        BranchMove move = move(tip, make);
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch queued = new CountDownLatch(1);
        try (LmdbObjectStore store = LmdbObjectStore.create(folder(), SmallReplica.REPOSITORY, OPTIONS)) {
            store.shared().betweenCommits(() -> {
                writing.countDown();
                awaitUninterruptibly(queued);
            });
            CompletableFuture<?> before = store.submit(List.of(make.run(500)));
            writing.await();
            CompletableFuture<?> stored = store.submit(tree);
            Thread mover = Thread.startVirtualThread(() -> store.move(move));
            while (mover.isAlive() && mover.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            copyBetweenCommits(store);
            queued.countDown();
            mover.join();
            before.join();
            stored.join();
        }
        return move;
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void commit_damagedRecordInTheTail_dropsItAndWhatBuildsOnIt() throws Exception {
        ObjectId tip = make.id();
        List<SealedRecord> tree = new ArrayList<>(make.tree(tip, 1, 3_000));
        SealedRecord other = make.run(700);
        tree.add(other);
        BranchMove move = crashWith(tree, tip);
        byte[] volume = tail();
        leaveTail(volume, VolumeBytes.indexOf(volume, tree.getFirst().bytes()) + 200);
        try (LmdbObjectStore store = LmdbObjectStore.open(crashed(), OPTIONS)) {
            store.commit(List.of(make.run(10)));
            assertThat(store.has(TestRecords.provided(other)))
                    .as("a whole one is kept")
                    .isTrue();
            assertThat(store.has(TestRecords.provided(tree.getFirst()))).isFalse();
            assertThat(store.has(tip)).as("its run is gone").isFalse();
            assertThat(store.branch("main")).as("its snapshot is gone").isEmpty();
            assertThatThrownBy(() -> store.move(move)).isInstanceOf(MissingObjectsException.class);
            assertThat(store.commit(tree).recordsStored()).isEqualTo(3);
            assertThat(store.move(move)).isInstanceOf(BranchMove.Outcome.Moved.class);
            assertThat(store.branch("main").orElseThrow().snapshot()).isEqualTo(tip);
            CrashTest.requireWhole(store, 6);
        }
        RebuildReport report = LmdbObjectStore.rebuildIndex(crashed(), OPTIONS);
        assertThat(report.records()).isEqualTo(6);
        assertThat(report.losses()).anyMatch(loss -> loss.contains("digest"));
    }

    @Test
    void commit_tailThatDoesNotParse_dropsItAndGoesOn() throws Exception {
        ObjectId tip = make.id();
        List<SealedRecord> tree = make.tree(tip, 1, 3_000);
        assertThat(crashWith(tree, tip).target()).isEqualTo(tip);
        byte[] volume = tail();
        int record = VolumeBytes.indexOf(volume, tree.getFirst().bytes());
        leaveTail(volume, VolumeBytes.containerBefore(volume, record) + 60);
        try (LmdbObjectStore store = LmdbObjectStore.open(crashed(), OPTIONS)) {
            assertThat(store.commit(List.of(make.run(10))).recordsStored()).isEqualTo(1);
            assertThat(store.has(tip)).isFalse();
            assertThat(store.branch("main")).isEmpty();
            assertThat(store.commit(tree).recordsStored()).isEqualTo(3);
            CrashTest.requireWhole(store, 5);
        }
    }

    @Test
    void commit_indexReplacedByAnOldCopy_adoptsAllVolumesSince() throws IOException {
        Path copy = temporary.resolve("old-index");
        LmdbObjectStore.Options tiny = OPTIONS.withVolumeBytesMax(1);
        List<SealedRecord> records = new ArrayList<>();
        try (LmdbObjectStore store = LmdbObjectStore.create(folder(), SmallReplica.REPOSITORY, tiny)) {
            for (int i = 0; i < 6; i++) {
                records.add(make.run(900));
                store.commit(records.subList(i, i + 1));
                if (i == 1) {
                    Files.copy(folder().resolve(Damage.INDEX), copy);
                }
            }
        }
        Files.move(copy, folder().resolve(Damage.INDEX), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        try (LmdbObjectStore store = LmdbObjectStore.open(folder(), tiny)) {
            assertThat(store.stats().records()).isEqualTo(2);
            records.add(make.run(900));
            store.commit(records.subList(6, 7));
            assertThat(records).allMatch(record -> store.has(TestRecords.provided(record)));
            CrashTest.requireWhole(store, 7);
        }
        assertThat(folder().resolve(Damage.volume(7))).exists();
    }

    @Test
    void commit_indexOlderThanItsVolume_isDamageAndRebuildsWhole() throws IOException {
        Path copy = temporary.resolve("old-index");
        List<SealedRecord> records = new ArrayList<>();
        try (LmdbObjectStore store = LmdbObjectStore.create(folder(), SmallReplica.REPOSITORY, OPTIONS)) {
            for (int i = 0; i < 6; i++) {
                records.add(make.run(900));
                store.commit(records.subList(i, i + 1));
                if (i == 2) {
                    Files.copy(folder().resolve(Damage.INDEX), copy);
                }
            }
        }
        Files.move(copy, folder().resolve(Damage.INDEX), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        try (LmdbObjectStore store = LmdbObjectStore.open(folder(), OPTIONS)) {
            assertThatThrownBy(() -> store.commit(List.of(make.run(10))))
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining("000001.mdb");
        }
        RebuildReport report = LmdbObjectStore.rebuildIndex(folder(), OPTIONS);
        assertThat(report.losses()).isEmpty();
        try (LmdbObjectStore store = LmdbObjectStore.open(folder(), OPTIONS)) {
            assertThat(records).allMatch(record -> store.has(TestRecords.provided(record)));
            CrashTest.requireWhole(store, 6);
        }
    }

    /** A crash right after the file of the second volume was made, before its first commit. */
    @Test
    void commit_emptyVolumeLeftByACrash_isUsedAndBeginsWithTheStateSoFar() throws IOException {
        ObjectId tip = make.id();
        try (LmdbObjectStore store = LmdbObjectStore.create(folder(), SmallReplica.REPOSITORY, OPTIONS)) {
            store.configure(0, new byte[] {1});
            store.commit(make.tree(tip, 1, 1_000));
            store.move(move(tip, make));
        }
        Path second = folder().resolve(Damage.volume(2));
        Environment.volume(second, VolumeSet.MAP_BYTES, Environment.Mode.CREATE).close();
        try (LmdbObjectStore store = LmdbObjectStore.open(folder(), OPTIONS)) {
            store.commit(List.of(make.run(400)));
            CrashTest.requireWhole(store, 4);
        }
        Journal first = journals(Files.readAllBytes(second)).getFirst();
        assertThat(first.getCheckpoint().getBranches(0).getName()).isEqualTo("main");
        assertThat(first.getCheckpoint().getRetainedList()).hasSize(1);
        assertThat(first.getCheckpoint().getConfiguration().getRevision()).isEqualTo(1);
    }

    private static List<Journal> journals(byte[] volume) {
        List<Journal> journals = new ArrayList<>();
        for (int head : VolumeBytes.containers(volume)) {
            Container container = VolumeBytes.container(volume, head);
            if (container.kind() == Container.Kind.JOURNAL) {
                int from = head + container.bodyAt();
                int to = from + container.entries().getFirst().length();
                journals.add(Journals.parse(Arrays.copyOfRange(volume, from, to), "a test"));
            }
        }
        return journals;
    }
}
