package dev.cairn.cas.snapshot.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.manifest.ChunkList;
import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.MerkleMap;
import dev.cairn.cas.manifest.Segment;
import dev.cairn.cas.posix.RawName;
import dev.cairn.cas.repository.MemoryRepository;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.SnapshotRecord;
import dev.cairn.cas.snapshot.capture.Capture;
import dev.cairn.cas.snapshot.capture.CapturePlan;
import dev.cairn.cas.snapshot.capture.CaptureProgress;
import dev.cairn.cas.snapshot.capture.CaptureStore;
import dev.cairn.chunker.ChunkProfile;
import dev.cairn.chunker.GearCutter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StorageSurveyTest {

    private static final long SEED = 4;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path temp;

    @SuppressWarnings("NullAway.Init")
    private Repository repository;

    private final List<SnapshotRecord> snapshots = new ArrayList<>();
    private final List<BitSet> branches = List.of(new BitSet(), new BitSet());

    /** Five snapshots of files that come, change a little, and go, on two branches. */
    @BeforeEach
    void someHistory() throws IOException {
        System.out.println("seed=" + SEED);
        Random random = new Random(SEED);
        Path source = Files.createDirectories(temp.resolve("source/d"));
        repository = MemoryRepository.create(temp.resolve("repository"), ChunkProfile.normalised(256, 1024, 4096))
                .open(inner -> inner);
        byte[] large = new byte[400_000];
        random.nextBytes(large);
        for (int i = 0; i < 5; i++) {
            for (int edit = 0; edit < 20; edit++) {
                large[random.nextInt(large.length)]++;
            }
            Files.write(source.resolve("large"), large);
            byte[] small = new byte[2000];
            random.nextBytes(small);
            Files.write(source.resolve("small" + i % 3), small);
            Files.writeString(source.resolve("inline" + i), "tiny " + i);
            if (i == 3) {
                Files.write(source.resolve("copy"), small);
                Files.delete(source.resolve("small1"));
            }
            branches.get(i % 2).set(snapshots.size());
            snapshots.add(capture(i % 2 == 0 ? "main" : "other"));
        }
    }

    private SnapshotRecord capture(String branch) {
        CaptureStore store = new CaptureStore(
                repository.store(),
                repository.keys(),
                repository.sealer(),
                repository.objects(),
                new GearCutter(repository.gearTable(), repository.chunkProfile()),
                repository.replica(),
                "test");
        CapturePlan plan =
                CapturePlan.of(List.of(RawName.of(temp.resolve("source").toString())), branch);
        ObjectId id = new Capture(store)
                .run(plan, CaptureProgress.NONE, Cancellation.NEVER)
                .snapshot();
        return repository.snapshot(Objects.requireNonNull(id));
    }

    private record Reached(int length, BitSet snapshots) {}

    private Map<ObjectId, Reached> reached(List<SnapshotRecord> of) {
        Map<ObjectId, Reached> chunks = new HashMap<>();
        for (int i = 0; i < of.size(); i++) {
            for (Entry entry : MerkleMap.ofEntries(of.get(i).manifest(), repository.objects())) {
                for (Segment segment : segments(entry)) {
                    if (segment instanceof Segment.Data data) {
                        chunks.computeIfAbsent(data.chunk(), id -> new Reached(data.length(), new BitSet()))
                                .snapshots()
                                .set(i);
                    }
                }
            }
        }
        return chunks;
    }

    private List<Segment> segments(Entry entry) {
        return switch (entry.content()) {
            case null -> List.of();
            case Content.Inline _ -> List.of();
            case Content.Segments(List<Segment> list) -> list;
            case Content.Listed listed -> {
                List<Segment> all = new ArrayList<>();
                ChunkList.of(listed, repository.objects()).forEachRemaining(all::add);
                yield all;
            }
        };
    }

    private StorageUse survey(List<SnapshotRecord> of, List<BitSet> in, long tableBytes) {
        return new StorageSurvey(repository.store(), repository.objects(), of, in, Cancellation.NEVER, tableBytes)
                .run();
    }

    @Test
    void run_inOnePartOrSeveral_isWhatCountingEveryChunkGives() {
        Map<ObjectId, Reached> chunks = reached(snapshots);
        assertThat(chunks).hasSizeGreaterThan(300);
        for (long tableBytes : new long[] {StorageSurvey.TABLE_BYTES, 1}) {
            StorageUse use = survey(snapshots, branches, tableBytes);

            assertThat(use.chunks()).isEqualTo(chunks.size());
            assertThat(use.chunkBytes())
                    .isEqualTo(
                            chunks.values().stream().mapToLong(Reached::length).sum());
            assertThat(use.inlineBytes()).isEqualTo(5L * 6);
            for (int i = 0; i < snapshots.size(); i++) {
                BitSet alone = new BitSet();
                alone.set(i);
                assertThat(use.snapshots().get(i)).as("seed=%d, %d", SEED, i).isEqualTo(expected(chunks, alone));
            }
            for (int i = 0; i < branches.size(); i++) {
                assertThat(use.branches().get(i)).isEqualTo(expected(chunks, branches.get(i)));
            }
            assertThat(use.liveBytes()).isEqualTo(repository.store().stats().recordBytes());
            assertThat(use.baseBytes() + use.deadBytes()).isZero();
            assertThat(use.records().values().stream()
                            .mapToLong(StorageUse.Sum::count)
                            .sum())
                    .isEqualTo(repository.store().stats().records());
        }
    }

    private static StorageUse.Share expected(Map<ObjectId, Reached> chunks, BitSet group) {
        long unique = 0;
        long shared = 0;
        for (Reached chunk : chunks.values()) {
            BitSet outside = (BitSet) chunk.snapshots().clone();
            outside.andNot(group);
            if (chunk.snapshots().intersects(group)) {
                unique += outside.isEmpty() ? chunk.length() : 0;
                shared += outside.isEmpty() ? 0 : chunk.length();
            }
        }
        return new StorageUse.Share(unique, shared);
    }

    @Test
    void run_withoutTheOldest_tellsBasesFromWhatNothingNeeds() {
        List<SnapshotRecord> last = List.of(snapshots.getLast());

        StorageUse use = survey(last, List.of(), StorageSurvey.TABLE_BYTES);

        long all = repository.store().stats().recordBytes();
        assertThat(use.liveBytes() + use.baseBytes() + use.deadBytes()).isEqualTo(all);
        assertThat(use.volumes().stream()
                        .mapToLong(StorageUse.Volume::recordBytes)
                        .sum())
                .isEqualTo(all);
        assertThat(use.volumes().stream()
                        .mapToLong(StorageUse.Volume::liveBytes)
                        .sum())
                .isEqualTo(use.liveBytes() + use.baseBytes());
        // The old versions of the large file are bases of the last one, or of what it builds on; old small files are
        // not.
        assertThat(use.baseBytes()).isPositive();
        assertThat(use.deadBytes()).isPositive();
        assertThat(use.snapshots().getFirst().sharedBytes()).isZero();
        assertThat(use.chunks()).isEqualTo(reached(last).size());
    }

    @Test
    void run_ofNothing_findsThatNothingIsNeeded() {
        StorageUse use = survey(List.of(), List.of(), StorageSurvey.TABLE_BYTES);
        assertThat(use.chunks()).isZero();
        assertThat(use.deadBytes()).isEqualTo(repository.store().stats().recordBytes());
    }

    @Test
    void run_cancelled_stops() {
        StorageSurvey survey =
                new StorageSurvey(repository.store(), repository.objects(), snapshots, branches, () -> true);
        assertThatThrownBy(survey::run).isInstanceOf(CancellationException.class);
    }
}
