package dev.cairn.cas.snapshot.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class OffsetTableTest {

    private static long[] hashes(int count) {
        return new SplittableRandom(5).longs(count).toArray();
    }

    @Test
    void put_moreThanItBeganWith_keepsTheFirstOffsetOfEach() {
        OffsetTable table = new OffsetTable(1);
        long[] hashes = hashes(20_000);
        for (int i = 0; i < hashes.length; i++) {
            table.put(hashes[i], i);
            table.put(hashes[i / 2], Long.MAX_VALUE);
        }
        table.put(0, 17);
        assertThat(table.oneIn()).isEqualTo(1);
        assertThat(LongStream.of(hashes).map(table::get).toArray())
                .isEqualTo(LongStream.range(0, hashes.length).toArray());
        assertThat(table.get(0)).isEqualTo(17);
        assertThat(table.get(1)).isEqualTo(-1);
    }

    @Test
    void put_moreThanThereIsRoomFor_leavesTheRestOut() {
        OffsetTable table = new OffsetTable(1);
        long[] hashes = hashes(OffsetTable.ENTRIES_MAX + 1000);
        for (int i = 0; i < hashes.length; i++) {
            table.put(hashes[i], i);
        }
        assertThat(LongStream.of(hashes).map(table::get).filter(offset -> offset >= 0))
                .hasSize(OffsetTable.ENTRIES_MAX);
        assertThat(table.get(hashes[0])).isZero();
        assertThat(table.get(hashes[hashes.length - 1])).isEqualTo(-1);
    }

    @Test
    void put_manyExpected_takesOneInSoMany() {
        OffsetTable table = new OffsetTable(2L * OffsetTable.ENTRIES_MAX);
        long[] hashes = hashes(8_000);
        for (int i = 0; i < hashes.length; i++) {
            table.put(hashes[i], i);
        }
        assertThat(table.oneIn()).isEqualTo(4);
        assertThat(LongStream.of(hashes)
                        .map(table::get)
                        .filter(offset -> offset >= 0)
                        .count())
                .isBetween(1_800L, 2_200L);
    }
}
