package dev.cairn.cas.repository;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.PlainObject;
import dev.cairn.cas.seal.Compression;
import dev.cairn.cas.seal.OpenedRecord;
import dev.cairn.cas.seal.RepositoryKeys;
import dev.cairn.cas.seal.Sealer;
import dev.cairn.cas.seal.SeededEntropy;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class OpenedRecordsTest {

    private static final int OBJECTS = 4;
    private static final int RECORD_BYTES = 100_000;
    private static final long BYTES_MAX = 1_000_000;

    private final OpenedRecord record = record();
    private final OpenedRecords records = new OpenedRecords(BYTES_MAX);

    /** Stands for any: they are told apart by sequence alone. */
    private static OpenedRecord record() {
        Sealer sealer = new Sealer(RepositoryKeys.generate(new SeededEntropy(1)), Compression.DEFAULT);
        List<PlainObject> chunks = IntStream.range(0, OBJECTS)
                .mapToObj(_ -> PlainObject.chunk(new byte[RECORD_BYTES / OBJECTS]))
                .toList();
        return sealer.open(
                sealer.sealRun(chunks.stream().map(sealer.hasher()::id).toList(), chunks), "a record");
    }

    /** Reads one object, and whether the record had to be opened for it. */
    private boolean opens(long sequence) {
        OpenedRecords.Slot mine = new OpenedRecords.Slot();
        if (records.take(sequence, mine) != mine) {
            return false;
        }
        mine.record().complete(record);
        records.weigh(sequence, mine, record);
        assertThat(records.bytes()).isLessThanOrEqualTo(BYTES_MAX);
        return true;
    }

    /** Reads all objects; how often the record had to be opened. */
    private int opensForAll(long sequence) {
        return (int) IntStream.range(0, OBJECTS).filter(_ -> opens(sequence)).count();
    }

    @Test
    void take_recordsReadThroughout_fewAreKept() {
        for (long sequence = 0; sequence < 100; sequence++) {
            assertThat(opensForAll(sequence)).isEqualTo(1);
        }
        assertThat(records.bytes()).isBetween((long) RECORD_BYTES, BYTES_MAX / 8);
        assertThat(opens(99)).as("the last one is kept").isFalse();
    }

    @Test
    void take_recordReadInPart_outlivesThoseReadThroughout() {
        assertThat(opens(1000)).isTrue();
        for (long sequence = 0; sequence < 20; sequence++) {
            opensForAll(sequence);
        }
        assertThat(opens(1000)).isFalse();
    }

    /** Only the order of use counts once the bound is reached: what is never read throughout must not stay for good. */
    @Test
    void take_manyReadInPart_theOneUsedLongestAgoGoes() {
        for (long sequence = 0; sequence < 9; sequence++) {
            assertThat(opens(sequence)).isTrue();
        }
        assertThat(opens(0)).isFalse();
        for (long sequence = 9; sequence < 12; sequence++) {
            assertThat(opens(sequence)).isTrue();
        }
        assertThat(opens(0)).isFalse();
        assertThat(opens(1)).isTrue();
    }

    @Test
    void take_spentOnesAreWantedAgain_moreAndMoreAreKept() {
        int rounds = 40;
        int wanted = 9;
        long[] opened = new long[rounds];
        for (int round = 0; round < rounds; round++) {
            opened[round] = LongStream.range(0, wanted).map(this::opensForAll).sum();
        }
        assertThat(opened[0]).isEqualTo(wanted);
        assertThat(opened[1]).as("they went, since most are read once").isGreaterThan(wanted / 2);
        assertThat(opened[rounds - 1]).isZero();

        // What is read once only takes what it learned away.
        for (long sequence = 1000; sequence < 1200; sequence++) {
            opensForAll(sequence);
        }
        assertThat(records.bytes()).isLessThanOrEqualTo(BYTES_MAX / 8);
    }

    @Test
    void remove_recordThatDidNotOpen_isAskedForAnew() {
        OpenedRecords.Slot failed = new OpenedRecords.Slot();
        assertThat(records.take(7, failed)).isSameAs(failed);
        assertThat(records.take(7, new OpenedRecords.Slot()))
                .as("others wait for it")
                .isSameAs(failed);
        records.remove(7, failed);
        assertThat(opens(7)).isTrue();
    }
}
