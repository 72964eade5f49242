package dev.cairn.chunker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CutFinderTest {
    private static final int WINDOW = CutFinder.WINDOW_BYTES;
    private static final int BLOCK = CutFinder.BLOCK_BYTES;

    private static long mask(int bits) {
        return -1L << (Long.SIZE - bits);
    }

    /** By the definition: a hash for each position, from scratch. */
    private static int firstHitByDefinition(long[] table, byte[] data, int from, int to, long mask) {
        for (int position = from; position <= to; position++) {
            long hash = 0;
            for (int i = position - 64; i < position; i++) {
                hash = hash * 2 + table[data[i] & 0xFF];
            }
            if ((hash & mask) == 0) {
                return position;
            }
        }
        return CutFinder.NONE;
    }

    /** Bytes with one hit. The hash of 64 zeros is -ZERO; a mark behind 63 of them makes it 0, and no later hash is near that. */
    private static final class OneHit {
        static final byte MARK = 77;
        static final long MASK = mask(32);
        private static final long ZERO = 0x1E3779B97F4A7C15L;

        final long[] table = new long[256];

        OneHit() {
            table[0] = ZERO;
            table[MARK] = 2 * ZERO;
        }

        byte[] at(int length, int hit) {
            byte[] data = new byte[length];
            if (hit <= length) {
                data[hit - 1] = MARK;
            }
            return data;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void firstHit_anyBytesRangeAndMask_isThatOfTheDefinition(long seed) {
        SplittableRandom random = TestBytes.seeded(seed);
        for (int round = 0; round < 400; round++) {
            long[] table = TestBytes.table(random).entries();
            int length = random.nextInt(WINDOW, WINDOW + 6 * BLOCK);
            byte[] data = random.nextBoolean() ? TestBytes.noise(random, length) : TestBytes.mixed(random, length);
            long mask = mask(random.nextInt(1, 33));
            int from = random.nextInt(WINDOW, length + 1);
            int to = random.nextInt(4) == 0 ? length : random.nextInt(WINDOW, length + 1);
            assertThat(CutFinder.firstHit(table, data, from, to, mask))
                    .as("round %d: %d..%d of %d, mask %x", round, from, to, length, mask)
                    .isEqualTo(firstHitByDefinition(table, data, from, to, mask));
        }
    }

    /** Every position of three blocks and a rest has its turn as the only hit; the range starts at all alignments. */
    @Test
    void firstHit_oneHit_isFoundWhereverItIs() {
        OneHit oneHit = new OneHit();
        int last = WINDOW + 8 + 3 * BLOCK + 100;
        for (int hit = WINDOW; hit <= last; hit++) {
            byte[] data = oneHit.at(last, hit);
            for (int from = WINDOW; from < WINDOW + 9; from++) {
                int expected = hit < from ? CutFinder.NONE : hit;
                assertThat(CutFinder.firstHit(oneHit.table, data, from, last, OneHit.MASK))
                        .as("hit at %d, from %d", hit, from)
                        .isEqualTo(expected);
            }
        }
    }

    /** The range ends at, just before and just behind the hit and each border of blocks and lanes. */
    @Test
    void firstHit_rangeEndsNearAHitOrABorder_hitCountsUpToTheEnd() {
        OneHit oneHit = new OneHit();
        int from = WINDOW + 3;
        for (int border = from; border <= from + 3 * BLOCK; border += BLOCK / 3) {
            for (int hit = Math.max(from, border - 9); hit <= border + 9; hit++) {
                byte[] data = oneHit.at(border + 2 * BLOCK, hit);
                for (int to = border - 10; to <= border + 10; to++) {
                    assertThat(CutFinder.firstHit(oneHit.table, data, from, to, OneHit.MASK))
                            .as("hit at %d, to %d", hit, to)
                            .isEqualTo(hit <= to ? hit : CutFinder.NONE);
                }
                assertThat(CutFinder.firstHit(oneHit.table, data, from, data.length, OneHit.MASK))
                        .isEqualTo(hit);
            }
        }
    }

    @Test
    void firstHit_twoHits_isTheEarlierWhicheverLaneMeetsItFirst() {
        SplittableRandom random = TestBytes.seeded(11);
        OneHit oneHit = new OneHit();
        int last = WINDOW + 2 * BLOCK;
        for (int round = 0; round < 20_000; round++) {
            int earlier = random.nextInt(WINDOW, last - 1);
            int later = random.nextInt(earlier + 1, last);
            byte[] data = oneHit.at(last, earlier);
            data[later - 1] = OneHit.MARK;
            assertThat(CutFinder.firstHit(oneHit.table, data, WINDOW, last, OneHit.MASK))
                    .as("hits at %d and %d", earlier, later)
                    .isEqualTo(earlier);
        }
    }

    @Test
    void firstHit_constantBytes_isTheFirstPositionOrNone() {
        SplittableRandom random = TestBytes.seeded(12);
        byte[] data = new byte[WINDOW + 4 * BLOCK];
        for (int value = 0; value < 256; value++) {
            long[] table = TestBytes.table(random).entries();
            Arrays.fill(data, (byte) value);
            boolean hits = (-table[value] & mask(3)) == 0;
            assertThat(CutFinder.firstHit(table, data, WINDOW + 5, data.length, mask(3)))
                    .isEqualTo(hits ? WINDOW + 5 : CutFinder.NONE);
        }
    }

    @Test
    void firstHit_emptyRange_isNone() {
        byte[] data = new byte[WINDOW + 10];
        assertThat(CutFinder.firstHit(new long[256], data, WINDOW + 1, WINDOW, mask(1)))
                .isEqualTo(CutFinder.NONE);
        assertThat(CutFinder.firstHit(new long[256], data, WINDOW, WINDOW, mask(1)))
                .isEqualTo(WINDOW);
    }
}
