package dev.cairn.cas.snapshot.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.ForwardingStore;
import dev.cairn.cas.ForwardingVisitor;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.RecordFinding;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.RecordVisitor;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.posix.RawName;
import dev.cairn.cas.repository.MemoryRepository;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.capture.Capture;
import dev.cairn.cas.snapshot.capture.CapturePlan;
import dev.cairn.cas.snapshot.capture.CaptureProgress;
import dev.cairn.cas.snapshot.capture.CaptureStore;
import dev.cairn.chunker.ChunkProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Verification of versions that are stored as deltas, one upon the other. */
final class VerifiedDeltasTest {

    private static final int VERSIONS = 5;
    private static final int FILE_BYTES = 3 << 20;

    /** Each is a delta of hardly more than this, far below what is kept opened. */
    private static final int EDIT_BYTES = 100;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path temp;

    @SuppressWarnings("NullAway.Init")
    private MemoryRepository memory;

    @SuppressWarnings("NullAway.Init")
    private TamperedStore tampered;

    @SuppressWarnings("NullAway.Init")
    private Repository repository;

    /** A record that cannot be read the next time; negative if there is none. */
    private volatile long unreadableOnce = -1;

    /** How often each record was read from the store. */
    private final Map<Long, Integer> reads = new ConcurrentHashMap<>();

    @BeforeEach
    void captureVersions() throws IOException {
        Path source = Files.createDirectories(temp.resolve("source"));
        memory = MemoryRepository.create(temp.resolve("repository"), ChunkProfile.DEFAULT);
        open();
        Random random = new Random(11);
        byte[] content = new byte[FILE_BYTES];
        random.nextBytes(content);
        byte[] edit = new byte[EDIT_BYTES];
        for (int version = 0; version < VERSIONS; version++) {
            for (int at = version * 1000; at < FILE_BYTES - EDIT_BYTES; at += 200_000) {
                random.nextBytes(edit);
                System.arraycopy(edit, 0, content, at, EDIT_BYTES);
            }
            Files.write(source.resolve("file"), content);
            CapturePlan plan = CapturePlan.of(List.of(RawName.of(source.toString())), "main");
            new Capture(CaptureStore.of(repository, "test")).run(plan, CaptureProgress.NONE, Cancellation.NEVER);
        }
        assertThat(memory.sequences(RecordKind.DELTA)).hasSizeGreaterThanOrEqualTo(VERSIONS - 2);
        open();
    }

    private void open() {
        repository = memory.open(inner -> {
            tampered = new TamperedStore(inner);
            return new CountingStore(tampered);
        });
    }

    /** Counts the records that go out, one by one and in a walk. */
    private final class CountingStore extends ForwardingStore {

        CountingStore(ObjectStore store) {
            super(store);
        }

        @Override
        public SealedRecord read(RecordRef ref) {
            if (ref.sequence() == unreadableOnce) {
                unreadableOnce = -1;
                throw new StoreAccessException("it cannot be read", "Try again.", null);
            }
            SealedRecord record = super.read(ref);
            count(ref.sequence());
            return record;
        }

        @Override
        public SealedRecord readToOpen(RecordRef ref) {
            return read(ref);
        }

        private void count(long sequence) {
            reads.merge(sequence, 1, Integer::sum);
        }

        @Override
        public void forEachRecord(Set<RecordKind> kinds, IntPredicate epochs, RecordVisitor visitor) {
            super.forEachRecord(kinds, epochs, new ForwardingVisitor(visitor) {
                @Override
                public void record(long sequence, SealedRecord record) {
                    count(sequence);
                    super.record(sequence, record);
                }
            });
        }
    }

    /** As where its volume went while it was being read, because all of it was collected. */
    @Test
    void repository_recordThatCannotBeReadOnce_isLeftToTheWalk() {
        unreadableOnce = memory.sequences(RecordKind.DELTA).getFirst();

        VerificationResult result = verification(4).repository(true);

        assertThat(unreadableOnce).isNegative();
        assertThat(result.isSound()).isTrue();
        assertThat(result.objects()).isEqualTo(memory.store().stats().objects());
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 5, 9})
    void repository_toldToStopAmidDeltas_stops(int questions) {
        AtomicInteger asked = new AtomicInteger();
        Verification verification =
                new Verification(repository, VerificationProgress.NONE, () -> asked.incrementAndGet() >= questions, 2);

        assertThatThrownBy(() -> assertThat(verification.repository(true)).isNull())
                .isInstanceOf(CancellationException.class);
        assertThat(reads.size()).isLessThan((int) memory.store().stats().records());
    }

    private Verification verification(int threads) {
        reads.clear();
        return new Verification(repository, VerificationProgress.NONE, Cancellation.NEVER, threads);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void repository_chainOfDeltas_isCountedAndReadOnce(int threads) {
        VerificationResult result = verification(threads).repository(true);

        assertThat(result.isSound()).isTrue();
        assertThat(result.objects()).isEqualTo(memory.store().stats().objects());
        assertThat(result.bytes()).isEqualTo(memory.store().stats().recordBytes());
        assertReadOnce(RecordKind.RUN, RecordKind.DELTA);
    }

    private void assertReadOnce(RecordKind... kinds) {
        for (RecordKind kind : kinds) {
            assertThat(memory.sequences(kind))
                    .allSatisfy(sequence -> assertThat(reads.get(sequence))
                            .as("reads of record %d, %s", sequence, kind)
                            .isEqualTo(1));
        }
    }

    @Test
    void repository_withoutContents_readsNone() {
        assertThat(verification(2).repository(false).isSound()).isTrue();
        assertThat(reads).doesNotContainKeys(memory.sequences(RecordKind.DELTA).toArray(Long[]::new));
        assertThat(reads).doesNotContainKeys(memory.sequences(RecordKind.RUN).toArray(Long[]::new));
    }

    @ParameterizedTest
    @EnumSource(
            value = RecordKind.class,
            names = {"RUN", "DELTA"})
    void repository_flippedByteInAnyRecord_isFoundAndToldAsByOneThread(RecordKind kind) {
        List<Long> sequences = memory.sequences(kind);
        assertThat(sequences).isNotEmpty();
        for (long sequence : sequences) {
            open();
            tampered.flip(sequence, -1);
            Verification one = verification(1);
            Verification many = verification(4);

            VerificationResult result = one.repository(true);

            assertThat(result.damaged())
                    .anySatisfy(damage -> assertThat(damage.where()).contains("record " + sequence));
            assertThat(many.repository(true)).isEqualTo(result);
            assertThat(one.findings())
                    .as("it, and none of those that build on it")
                    .containsExactly(new RecordFinding(sequence, RecordFinding.State.UNUSABLE));
            assertThat(many.findings()).isEqualTo(one.findings());
        }
    }

    /** What builds on one that lies is told as well, since nothing of it opens to what its ids name. */
    @Test
    void repository_rottenBase_isToldWithAllThatBuildsOnIt() {
        long base = memory.sequences(RecordKind.RUN).getFirst();
        memory.store().damage(base);
        open();

        VerificationResult result = verification(4).repository(true);

        assertThat(result.damageCount()).isGreaterThanOrEqualTo(VERSIONS);
        assertThat(result.damaged().stream()
                        .filter(damage -> damage.path() != null)
                        .map(damage -> String.valueOf(damage.snapshot()))
                        .distinct())
                .as("snapshots with a path that is lost")
                .hasSize(VERSIONS);
    }

    @Test
    void repository_missingBase_isToldOfEachThatRefersToIt() {
        long delta = memory.sequences(RecordKind.DELTA).getLast();
        ObjectId base =
                memory.store().read(new RecordRef(delta, 0)).header().bases().getFirst();
        tampered.lose(base);

        VerificationResult result = verification(4).repository(true);

        assertThat(result.damaged())
                .anySatisfy(damage ->
                        assertThat(damage.where() + damage.reason()).contains("record " + delta, base.toString()));
        assertThat(result).isEqualTo(verification(1).repository(true));
    }

    @Test
    void repository_notedDeltaAndBase_areReadAndTakenBack() {
        List<RecordFinding> noted = LongStream.of(
                        memory.sequences(RecordKind.RUN).getFirst(),
                        memory.sequences(RecordKind.DELTA).getLast())
                .mapToObj(sequence -> new RecordFinding(sequence, RecordFinding.State.UNUSABLE))
                .toList();
        repository.store().note(noted);
        Verification verification = verification(4);

        VerificationResult result = verification.repository(true);

        assertThat(result.isSound()).isTrue();
        assertThat(result.objects()).isEqualTo(memory.store().stats().objects());
        assertThat(verification.findings())
                .containsExactlyInAnyOrderElementsOf(noted.stream()
                        .map(note -> new RecordFinding(note.sequence(), RecordFinding.State.OPENS))
                        .toList());
    }

    @Test
    void sequenceSet_beyondItsRoom_hasNone() {
        SequenceSet set = new SequenceSet();
        long room = 1L << 26;

        assertThat(set.add(room - 1)).isTrue();
        assertThat(set.add(room - 1)).isFalse();
        assertThat(set.add(room)).isFalse();
        assertThat(set.contains(room)).isFalse();
        assertThat(set.add(-1)).isFalse();
        assertThat(set.add(0)).isTrue();
        assertThat(new TreeMap<>(Map.of(set.below(Long.MAX_VALUE), 1, set.below(room - 1), 2)))
                .containsOnlyKeys(0L, room - 1);
        assertThat(set.below(0)).isNegative();
    }
}
