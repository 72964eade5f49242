package dev.cairn.cas.lmdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RecordFinding;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.SealedRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scrubs of a replica of three volumes. */
final class ScrubTest {

    @TempDir(factory = MemoryFolder.class)
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    @SuppressWarnings("NullAway.Init")
    private SmallReplica replica;

    @SuppressWarnings("NullAway.Init")
    private LmdbObjectStore store;

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @BeforeEach
    void fill() {
        replica = SmallReplica.create(folder(), 5);
        store = LmdbObjectStore.open(folder(), SmallReplica.OPTIONS);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Path folder() {
        return temporary.resolve("replica");
    }

    private ScrubReport scrub(ScrubBudget budget) {
        InstantSource clock = () -> now;
        return store.scrub(budget, clock, () -> true, ScrubProgress.NONE);
    }

    private void reopen() {
        store.close();
        store = LmdbObjectStore.open(folder(), SmallReplica.OPTIONS);
    }

    private void damage(SealedRecord record) throws IOException {
        damage(record, 40);
    }

    /** Damages a byte of the record, wherever it is. */
    private void damage(SealedRecord record, int offset) throws IOException {
        for (int volume : ReplicaFolder.volumeNumbers(folder())) {
            byte[] bytes = Files.readAllBytes(folder().resolve(Damage.volume(volume)));
            int at = VolumeBytes.find(bytes, Arrays.copyOfRange(record.bytes(), 1, record.bytes().length - 1));
            if (at >= 0) {
                Damage.flipped(Damage.volume(volume), at - 1L + offset, 1)
                        .deed()
                        .to(folder());
                return;
            }
        }
        throw new AssertionError("no volume has the record");
    }

    @Test
    void scrub_soundReplica_looksAtEverythingAndKeepsTheTime() {
        ScrubReport report = scrub(ScrubBudget.ALL);
        assertThat(report.isSound()).isTrue();
        assertThat(report.records()).isEqualTo(store.stats().records());
        assertThat(report.bytes()).isEqualTo(store.stats().recordBytes());
        reopen();
        assertThat(store.scrubs())
                .hasSize(ReplicaFolder.volumeNumbers(folder()).size())
                .allSatisfy(state -> {
                    assertThat(state.finished()).isEqualTo(now);
                    assertThat(state.isUnderWay()).isFalse();
                    assertThat(state.damaged()).isZero();
                });
    }

    @Test
    void readToOpen_alteredRecord_leavesBehindTheHeaderToTheSealAndTellsOfTheHeaderItself() throws IOException {
        SealedRecord record = replica.records().getFirst();
        RecordRef ref = new RecordRef(0, 0);
        damage(record, record.bytes().length - 1);
        assertThat(store.readToOpen(ref).bytes()).isNotEqualTo(record.bytes()).hasSameSizeAs(record.bytes());
        assertThatThrownBy(() -> store.read(ref))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContainingAll("000001.mdb", "record 0", "digest");

        // What cannot be parsed is told as altered, not as a newer format.
        damage(record, 0);
        assertThatThrownBy(() -> store.readToOpen(ref))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContainingAll("000001.mdb", "record 0", "digest");
    }

    @Test
    void scrub_damagedRecord_isNotedAndComesBackByAnOrdinaryCommit() throws IOException {
        SealedRecord record = replica.records().getFirst();
        List<ObjectId> ids =
                record.header().provided().stream().map(object -> object.id()).toList();
        damage(record);

        ScrubReport report = scrub(ScrubBudget.ALL);
        assertThat(report.isSound()).isFalse();
        assertThat(report.damageCount()).isEqualTo(1);
        assertThat(report.damaged()).singleElement().asString().contains("000001.mdb", "record 0");
        reopen();
        assertThat(store.noted()).containsExactly(new RecordFinding(0, RecordFinding.State.ALTERED));
        assertThat(store.missing(replica.ids())).containsExactlyInAnyOrderElementsOf(ids);

        store.commit(List.of(record));
        assertThat(store.missing(replica.ids())).isEmpty();
        replica.requireWhole(store);
        assertThat(scrub(ScrubBudget.ALL).isSound()).isTrue();
    }

    /** What came back by a commit must come back in a rebuild too, which knows no notes. */
    @Test
    void rebuild_afterARecordCameBack_hasIt() throws IOException {
        SealedRecord record = replica.records().getFirst();
        damage(record);
        scrub(ScrubBudget.ALL);
        store.commit(List.of(record));
        store.close();
        LmdbObjectStore.rebuildIndex(folder(), SmallReplica.OPTIONS);
        store = LmdbObjectStore.open(folder(), SmallReplica.OPTIONS);
        replica.requireWhole(store);
    }

    @Test
    void scrub_smallBudget_goesOnWhereItStopped() {
        long bytes = store.stats().recordBytes();
        long done = 0;
        int scrubs = 0;
        while (done < bytes) {
            now = now.plusSeconds(60);
            ScrubReport report = scrub(new ScrubBudget(20_000, Duration.ofHours(1), Duration.ofDays(1)));
            assertThat(report.bytes()).isBetween(1L, 40_000L);
            done += report.bytes();
            scrubs++;
            reopen();
        }
        assertThat(done).as("no record twice").isEqualTo(bytes);
        assertThat(scrubs).isGreaterThan(3);
        // The last one may have ended before it saw that nothing is left.
        scrub(new ScrubBudget(20_000, Duration.ofHours(1), Duration.ofDays(1)));
        assertThat(scrub(new ScrubBudget(20_000, Duration.ofHours(1), Duration.ofDays(1)))
                        .records())
                .as("nothing is due")
                .isZero();
        now = now.plus(Duration.ofDays(2));
        assertThat(scrub(new ScrubBudget(20_000, Duration.ofHours(1), Duration.ofDays(1)))
                        .records())
                .isPositive();
    }

    @Test
    void scrub_volumeThatIsLookedThroughLongestAgo_isFirst() {
        scrub(ScrubBudget.ALL);
        List<ScrubState> states = store.scrubs();
        now = now.plusSeconds(10);
        scrub(new ScrubBudget(1, Duration.ofHours(1), Duration.ZERO));
        ScrubState first = states.getFirst();
        assertThat(store.scrubs())
                .filteredOn(state -> state.volume() == first.volume())
                .allMatch(ScrubState::isUnderWay);
    }

    /** A volume that is gone: everything in it is lacking, and what somebody still has can be brought again. */
    @Test
    void scrub_volumeIsGone_allOfItIsNotedAndCanBeBroughtAgain() throws IOException {
        store.close();
        Files.delete(folder().resolve(Damage.volume(1)));
        store = LmdbObjectStore.open(folder(), SmallReplica.OPTIONS);
        ScrubReport report = scrub(ScrubBudget.ALL);
        assertThat(report.isSound()).isFalse();
        assertThat(report.damaged()).anySatisfy(text -> assertThat(text).contains("000001.mdb"));
        List<ObjectId> missing = store.missing(replica.ids());
        assertThat(missing).isNotEmpty().hasSizeLessThan(replica.ids().size());

        List<SealedRecord> again = replica.records().stream()
                .filter(record ->
                        missing.contains(record.header().provided().getFirst().id()))
                .filter(record -> record.header().bases().isEmpty())
                .toList();
        store.commit(again);
        assertThat(store.missing(replica.ids())).hasSizeLessThan(missing.size());
        assertThat(Objects.requireNonNull(replica.read(store).right())).hasSizeGreaterThan(20);
    }
}
