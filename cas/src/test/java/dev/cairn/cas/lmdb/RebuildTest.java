package dev.cairn.cas.lmdb;

import static dev.cairn.cas.TestRecords.provided;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.BranchMove;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.NoRepositoryException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreBusyException;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.StoreStats;
import dev.cairn.cas.TestRecords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a rebuild makes of volumes, whatever stands or fails beside them. */
final class RebuildTest {

    private static final LmdbObjectStore.Options OPTIONS = SmallReplica.OPTIONS;
    private static final RepositoryId OTHER = new RepositoryId(new ObjectId(9, 9, 9, 9));

    @TempDir(factory = MemoryFolder.class)
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    private Path folder = Path.of("");
    private SmallReplica replica = SmallReplica.none();

    @BeforeEach
    void createReplica() {
        folder = temporary.resolve("replica");
        replica = SmallReplica.create(folder, 21);
    }

    private LmdbObjectStore open() {
        return LmdbObjectStore.open(folder, OPTIONS);
    }

    private RebuildReport rebuild() {
        return LmdbObjectStore.rebuildIndex(folder, OPTIONS);
    }

    private Path volume(int number) {
        return folder.resolve(Damage.volume(number));
    }

    private void requireWhole() {
        try (LmdbObjectStore store = open()) {
            replica.requireWhole(store);
        }
    }

    @Test
    void rebuild_wholeVolumesWithoutAnIndex_restoresAllButLocalTables() throws IOException {
        StoreStats before;
        try (LmdbObjectStore store = open()) {
            before = store.stats();
        }
        SmallReplica.delete(folder.resolve("index"));
        RebuildReport report = rebuild();
        assertThat(report.losses()).isEmpty();
        assertThat(report.lossCount()).isZero();
        assertThat(report.setAside()).isEmpty();
        assertThat(report.volumes()).isEqualTo(3);
        assertThat(report.branches()).isEqualTo(1);
        assertThat(report.snapshots()).isEqualTo(replica.tips().size());
        try (LmdbObjectStore store = open()) {
            replica.requireWhole(store);
            assertThat(store.stats().objects()).isEqualTo(before.objects()).isEqualTo(report.objects());
            assertThat(store.stats().records()).isEqualTo(before.records()).isEqualTo(report.records());
            assertThat(store.stats().recordBytes()).isEqualTo(before.recordBytes());
            assertThat(store.local("cache").get(new byte[] {1})).isEmpty();
        }
    }

    @Test
    void rebuild_recordsKeptBesideNonsense_areProvidersAgain() throws IOException {
        TestRecords make = new TestRecords(41);
        ObjectId known = make.id();
        ObjectId taken = make.id();
        SealedRecord mixed = make.run(400, known, make.id());
        StoreStats before;
        List<RecordRef> providers;
        try (LmdbObjectStore store = open()) {
            store.submitUnverified(
                            List.of(make.run(100, known), make.pages(new ProvidedObject(taken, List.of(), List.of()))),
                            1)
                    .join();
            store.submitUnverified(List.of(make.run(200, known), mixed, make.run(300, taken, make.id())), 1)
                    .join();
            before = store.stats();
            providers = store.providers(known);
            assertThat(providers).hasSize(3);
            assertThat(store.providers(taken)).hasSize(2);
        }
        SmallReplica.delete(folder.resolve("index"));
        assertThat(rebuild().losses()).isEmpty();
        try (LmdbObjectStore store = open()) {
            assertThat(store.providers(known)).isEqualTo(providers);
            assertThat(store.providers(taken)).hasSize(2);
            assertThat(store.stats().objects()).isEqualTo(before.objects());
            assertThat(store.stats().records()).isEqualTo(before.records());
        }
    }

    @Test
    void rebuildUnlessWorse_oneDamagedChunk_leavesTheOldIndexWithItsSnapshots() throws IOException {
        ObjectId tip = replica.make().id();
        List<SealedRecord> tree = replica.make().tree(tip, 50, 60_000);
        try (LmdbObjectStore store = open()) {
            store.commit(tree);
            store.move(
                    new BranchMove("late", null, tip, List.of(), replica.make().operation()));
        }
        byte[] bytes = Files.readAllBytes(volume(4));
        bytes[VolumeBytes.indexOf(bytes, tree.getFirst().bytes()) + 5_000] ^= 1;
        Files.write(volume(4), bytes);
        RebuildReport report = LmdbObjectStore.rebuildIndex(folder, OPTIONS, true, _ -> {});
        assertThat(report.replaced()).isFalse();
        assertThat(report.snapshots()).isEqualTo(report.snapshotsBefore() - 1);
        assertThat(report.losses()).isNotEmpty();
        assertThat(folder.resolve("index.aside-1")).doesNotExist();
        assertThat(folder.resolve("tmp/index-rebuild")).doesNotExist();
        try (LmdbObjectStore store = open()) {
            assertThat(replica.ids()).allMatch(store::has);
            assertThat(store.branch("late")).isPresent();
            assertThat(store.read(store.providers(provided(tree.get(1))).getFirst())
                            .bytes())
                    .isEqualTo(tree.get(1).bytes());
        }
        RebuildReport asked = rebuild();
        assertThat(asked.replaced()).isTrue();
        try (LmdbObjectStore store = open()) {
            assertThat(store.branch("late")).isEmpty();
            assertThat(store.has(tip)).isFalse();
        }
    }

    @Test
    void rebuildUnlessWorse_damagedIndex_replacesIt() throws IOException {
        SmallReplica.delete(folder.resolve("index"));
        assertThat(LmdbObjectStore.rebuildIndex(folder, OPTIONS, true, _ -> {}).replaced())
                .isTrue();
        requireWhole();
    }

    @Test
    void rebuild_twice_givesTheSame() {
        RebuildReport first = rebuild();
        RebuildReport second = rebuild();
        assertThat(second.records()).isEqualTo(first.records());
        assertThat(second.setAside())
                .containsExactly(folder.resolve("index.aside-2").toString());
        assertThat(folder.resolve("index.aside-1")).isDirectory();
        requireWhole();
    }

    @Test
    void rebuild_cutShortBefore_beginsAfresh() throws IOException {
        Path fresh = Files.createDirectories(folder.resolve("tmp/index-rebuild"));
        Files.write(fresh.resolve("data.mdb"), new byte[10_000]);
        Files.write(folder.resolve("tmp/000001.mdb.new"), new byte[10_000]);
        assertThat(rebuild().losses()).isEmpty();
        requireWhole();
    }

    @Test
    void rebuild_noFolderForTemporaryFiles_makesIt() throws IOException {
        SmallReplica.delete(folder.resolve("tmp"));
        Files.write(volume(2), Arrays.copyOf(Files.readAllBytes(volume(2)), 30_000));
        assertThat(rebuild().losses()).isNotEmpty();
        assertThat(folder.resolve("tmp")).isDirectory();
    }

    @Test
    void rebuild_noVolumes_isNoRepository() throws IOException {
        SmallReplica.delete(folder.resolve("volumes"));
        assertThatThrownBy(this::rebuild)
                .isInstanceOf(NoRepositoryException.class)
                .hasMessageContaining(folder.toString());
        assertThatThrownBy(() -> LmdbObjectStore.rebuildIndex(temporary.resolve("none"), OPTIONS))
                .isInstanceOf(NoRepositoryException.class);
    }

    @Test
    void rebuild_replicaOpenInThisProcess_isBusy() {
        try (LmdbObjectStore store = open()) {
            assertThatThrownBy(this::rebuild).isInstanceOf(StoreBusyException.class);
            replica.requireWhole(store);
        }
    }

    @Test
    void rebuild_volumesSwapped_losesNothingAndSaysSo() throws IOException {
        Damage.swapped(Damage.volume(1), Damage.volume(2)).deed().to(folder);
        RebuildReport report = rebuild();
        assertThat(report.losses())
                .anyMatch(loss -> loss.contains("000001.mdb: expected volume 1, found volume 2"))
                .anyMatch(loss -> loss.contains("000002.mdb: expected volume 2, found volume 1"));
        requireWhole();
        assertThat(rebuild().losses()).hasSize(2);
        requireWhole();
    }

    @Test
    void rebuild_volumesSwappedAndWrittenTo_losesNothing() throws IOException {
        SmallReplica.delete(folder);
        LmdbObjectStore.Options tiny = OPTIONS.withVolumeBytesMax(1);
        List<SealedRecord> records = new ArrayList<>();
        try (LmdbObjectStore store = LmdbObjectStore.create(folder, SmallReplica.REPOSITORY, tiny)) {
            for (int i = 0; i < 3; i++) {
                records.add(replica.make().run(900));
                store.commit(records.subList(i, i + 1));
            }
        }
        // Volumes of one shape have the same meta pages: only digests tell them apart.
        Damage.swapped(Damage.volume(2), Damage.volume(3)).deed().to(folder);
        try (LmdbObjectStore store = open()) {
            records.add(replica.make().run(900));
            store.commit(records.subList(3, 4));
            assertThatThrownBy(() ->
                            store.read(store.providers(provided(records.get(2))).getFirst()))
                    .isInstanceOf(CorruptDataException.class);
        }
        rebuild();
        try (LmdbObjectStore store = open()) {
            for (SealedRecord record : records) {
                assertThat(store.read(store.providers(provided(record)).getFirst())
                                .bytes())
                        .isEqualTo(record.bytes());
            }
        }
    }

    @Test
    void rebuild_volumeUnderAFreeNumber_isReadThere() throws IOException {
        Files.move(volume(2), volume(17));
        assertThat(rebuild().losses()).anyMatch(loss -> loss.contains("000017.mdb"));
        requireWhole();
        try (LmdbObjectStore store = open()) {
            store.commit(List.of(replica.make().run(50_000), replica.make().run(60_000)));
            replica.requireWhole(store);
        }
    }

    @Test
    void rebuild_copyOfAVolumeUnderAnotherNumber_changesNothing() throws IOException {
        Files.copy(volume(1), volume(4));
        RebuildReport report = rebuild();
        assertThat(report.records()).isEqualTo(replica.records().size());
        requireWhole();
    }

    @Test
    void rebuild_volumeGone_reportsItAndWhatBuildsOnIt() throws IOException {
        Files.delete(volume(1));
        RebuildReport report = rebuild();
        assertThat(report.losses()).anyMatch(loss -> loss.contains("000001.mdb") && loss.contains("no such file"));
        try (LmdbObjectStore store = open()) {
            SmallReplica.Reading reading = replica.read(store);
            assertThat(reading.refused()).isEmpty();
            assertThat(reading.right()).isNotEmpty();
            assertThat(reading.absent()).isNotEmpty();
            assertThat(store.branch("main").orElseThrow().snapshot())
                    .isEqualTo(replica.tips().getLast());
        }
    }

    @Test
    void rebuild_lastVolumeGoneAndNoIndex_reportsWhatJournalsKnow() throws IOException {
        Files.delete(volume(2));
        SmallReplica.delete(folder.resolve("index"));
        assertThat(rebuild().losses()).anyMatch(loss -> loss.contains("000002.mdb") && loss.contains("no such file"));
    }

    @Test
    void rebuild_volumeOfAnotherRepository_isLeftOut() throws IOException {
        Path other = temporary.resolve("other");
        SealedRecord foreign = replica.make().run(4_000);
        try (LmdbObjectStore store = LmdbObjectStore.create(other, OTHER, OPTIONS)) {
            store.commit(List.of(foreign));
        }
        Files.copy(other.resolve(Damage.volume(1)), volume(1), StandardCopyOption.REPLACE_EXISTING);
        SmallReplica.delete(folder.resolve("index"));
        RebuildReport report = rebuild();
        assertThat(report.losses()).anyMatch(loss -> loss.contains("repository " + OTHER));
        try (LmdbObjectStore store = open()) {
            assertThat(store.repositoryId()).isEqualTo(SmallReplica.REPOSITORY);
            assertThat(store.has(provided(foreign))).isFalse();
            assertThat(replica.read(store).right()).isNotEmpty();
            assertThat(replica.read(store).refused()).isEmpty();
        }
    }

    @Test
    void rebuild_volumeOfAnotherReplicaOfTheSameRepository_isTakenIn() throws IOException {
        Path other = temporary.resolve("other");
        List<SealedRecord> theirs = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            theirs.add(replica.make().run(500));
        }
        try (LmdbObjectStore store = LmdbObjectStore.create(other, SmallReplica.REPOSITORY, OPTIONS)) {
            store.commit(theirs);
        }
        Files.copy(other.resolve(Damage.volume(1)), volume(1), StandardCopyOption.REPLACE_EXISTING);
        SmallReplica.delete(folder.resolve("index"));
        rebuild();
        try (LmdbObjectStore store = open()) {
            for (SealedRecord record : theirs) {
                assertThat(store.read(store.providers(provided(record)).getFirst())
                                .bytes())
                        .isEqualTo(record.bytes());
            }
            assertThat(replica.read(store).refused())
                    .as("records of both have the same numbers")
                    .isEmpty();
            assertThat(replica.read(store).right()).hasSizeGreaterThan(10);
            CrashTest.requireWhole(store, 40);
        }
    }

    /**
     * A large commit stopped before its meta page was written, and a small one was committed in its place. Its containers
     * stand behind what is committed, under the same keys.
     */
    @Test
    void rebuild_containersThatWereNeverCommitted_neverReplaceCommittedOnes() throws IOException {
        SmallReplica.delete(folder);
        LmdbObjectStore.Options options = LmdbObjectStore.Options.DEFAULT;
        SealedRecord first = replica.make().run(300);
        List<SealedRecord> large = List.of(
                replica.make().run(900_000),
                replica.make().run(900_000),
                replica.make().run(900_000));
        List<SealedRecord> small = List.of(
                replica.make().run(100_000),
                replica.make().run(1_000_000),
                replica.make().run(100_000));
        Path before = temporary.resolve("before");
        Path stopped = temporary.resolve("stopped");
        try (LmdbObjectStore store = LmdbObjectStore.create(folder, SmallReplica.REPOSITORY, options)) {
            store.commit(List.of(first));
        }
        SmallReplica.copy(folder, before);
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, options)) {
            store.commit(large);
        }
        SmallReplica.copy(folder, stopped);
        SmallReplica.delete(folder);
        SmallReplica.copy(before, folder);
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, options)) {
            store.commit(small);
        }
        byte[] committed = Files.readAllBytes(volume(1));
        byte[] file = Files.readAllBytes(stopped.resolve(Damage.volume(1)));
        assertThat(file.length).isGreaterThan(committed.length);
        System.arraycopy(committed, 0, file, 0, committed.length);
        Arrays.fill(file, 0, 2 * Damage.PAGE_BYTES, (byte) 0);
        Files.write(volume(1), file);
        SmallReplica.delete(folder.resolve("index"));
        LmdbObjectStore.rebuildIndex(folder, options);
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, options)) {
            assertThat(store.has(provided(first))).isTrue();
            for (SealedRecord record : small) {
                assertThat(store.read(store.providers(provided(record)).getFirst())
                                .bytes())
                        .isEqualTo(record.bytes());
            }
            CrashTest.requireWhole(store, 4);
        }
    }

    @Test
    void rebuild_oldIndexAndDamagedMetaPages_losesNoCommit() throws IOException {
        byte[] old = Files.readAllBytes(folder.resolve(Damage.INDEX));
        SealedRecord later = replica.make().run(300);
        try (LmdbObjectStore store = open()) {
            store.commit(List.of(replica.make().run(50)));
            store.commit(List.of(later));
        }
        Files.write(folder.resolve(Damage.INDEX), old);
        Damage.flipped(Damage.volume(3), 140, 0x40).deed().to(folder);
        assertThat(rebuild().losses()).isNotEmpty();
        try (LmdbObjectStore store = open()) {
            replica.requireWhole(store);
            assertThat(store.has(provided(later))).isTrue();
        }
    }

    @Test
    void rebuild_damagedMetaPage_isPutBackFromTheIndex() throws IOException {
        byte[] before = Files.readAllBytes(volume(2));
        Damage.flipped(Damage.volume(2), 140, 0x40).deed().to(folder);
        RebuildReport report = rebuild();
        assertThat(report.losses()).anyMatch(loss -> loss.contains("000002.mdb page 0"));
        assertThat(report.setAside()).noneMatch(file -> file.contains("000002"));
        assertThat(Files.readAllBytes(volume(2))).isEqualTo(before);
        requireWhole();
    }

    @Test
    void rebuild_truncatedContainer_keepsItsWholeRecords() throws IOException {
        SealedRecord whole = replica.make().run(20_000);
        SealedRecord cut = replica.make().run(20_000);
        try (LmdbObjectStore store = open()) {
            store.commit(List.of(whole, cut));
        }
        byte[] bytes = Files.readAllBytes(volume(4));
        int at = VolumeBytes.indexOf(bytes, cut.bytes());
        Files.write(volume(4), Arrays.copyOf(bytes, at + 5_000));
        RebuildReport report = rebuild();
        assertThat(report.setAside()).anyMatch(file -> file.contains("000004.mdb.aside"));
        try (LmdbObjectStore store = open()) {
            replica.requireWhole(store);
            assertThat(store.has(provided(cut))).isFalse();
            assertThat(store.read(store.providers(provided(whole)).getFirst()).bytes())
                    .isEqualTo(whole.bytes());
        }
    }

    @Test
    void rebuild_childrenInALaterVolume_waitsForThem() throws IOException {
        ObjectId tip = replica.make().id();
        List<SealedRecord> tree = replica.make().tree(tip, 50, 500);
        LmdbObjectStore.Options tiny = OPTIONS.withVolumeBytesMax(1);
        SmallReplica.delete(folder);
        try (LmdbObjectStore store = LmdbObjectStore.create(folder, SmallReplica.REPOSITORY, tiny)) {
            for (SealedRecord record : tree) {
                store.commit(List.of(record));
            }
            store.move(
                    new BranchMove("main", null, tip, List.of(), replica.make().operation()));
        }
        // Volume 1 has the run. Once it is healed into the last volume, volume 1 is not needed, and the rest comes
        // before it.
        Files.write(volume(1), new byte[100]);
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, tiny)) {
            assertThat(store.heal(tree.subList(0, 1)).recordsStored()).isEqualTo(1);
        }
        RebuildReport report = rebuild();
        assertThat(report.records()).isEqualTo(3);
        try (LmdbObjectStore store = open()) {
            assertThat(store.branch("main").orElseThrow().snapshot()).isEqualTo(tip);
            CrashTest.requireWhole(store, 3);
        }
    }

    @Test
    void rebuild_repeatedMove_getsItsFirstAnswer() {
        BranchMove move = new BranchMove(
                "other",
                null,
                replica.tips().getFirst(),
                List.of(),
                replica.make().operation());
        BranchMove.Outcome first;
        try (LmdbObjectStore store = open()) {
            first = store.move(move);
            store.move(new BranchMove(
                    "other",
                    move.target(),
                    replica.tips().getLast(),
                    List.of(),
                    replica.make().operation()));
        }
        rebuild();
        try (LmdbObjectStore store = open()) {
            assertThat(store.move(move)).isEqualTo(first);
            assertThat(store.branch("other").orElseThrow().version()).isEqualTo(2);
        }
    }

    @Test
    void rebuild_everyByteOfEveryVolumeGone_isDamageThatNamesThem() throws IOException {
        for (int number = 1; number <= 3; number++) {
            Files.write(volume(number), new byte[8192]);
        }
        SmallReplica.delete(folder.resolve("index"));
        assertThatThrownBy(this::rebuild)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(folder.resolve("volumes").toString());
    }
}
