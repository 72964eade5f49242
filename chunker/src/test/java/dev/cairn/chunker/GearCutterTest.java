package dev.cairn.chunker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GearCutterTest {
    private static final ChunkProfile SMALL = ChunkProfile.normalised(256, 1024, 4096);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void cut_anyInput_agreesWithTheDefinition(long seed) {
        SplittableRandom random = TestBytes.seeded(seed);
        GearTable table = TestBytes.table(random);
        byte[] bytes = TestBytes.mixed(random, 200_000 + random.nextInt(64));
        for (ChunkProfile profile : List.of(SMALL, ChunkProfile.singleMask(64, 5000, 9), ChunkProfile.DEFAULT)) {
            assertThat(TestBytes.regionEnds(new GearCutter(table, profile), bytes))
                    .isEqualTo(TestBytes.endsByDefinition(table, profile, bytes));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void cut_shorterWindow_saysTheSameOrNeedMore(long seed) {
        SplittableRandom random = TestBytes.seeded(seed);
        GearCutter cutter = new GearCutter(TestBytes.table(random), SMALL);
        byte[] bytes = TestBytes.mixed(random, 4096);
        int certain = cutter.cut(bytes, 0, bytes.length, false);
        assertThat(certain).isPositive();
        for (int to = 1; to < bytes.length; to++) {
            int length = cutter.cut(bytes, 0, to, false);
            if (to < certain) {
                assertThat(length).as("window of %d", to).isEqualTo(Cutter.NEED_MORE);
            } else if (length != Cutter.NEED_MORE) {
                assertThat(length).as("window of %d", to).isEqualTo(certain);
            }
            assertThat(cutter.cut(bytes, 0, to, true)).isEqualTo(Math.min(to, certain));
        }
    }

    @Test
    void cut_whatFollowsTheChunkChanges_lengthStays() {
        SplittableRandom random = TestBytes.seeded(21);
        GearCutter cutter = new GearCutter(TestBytes.table(random), SMALL);
        for (int round = 0; round < 50; round++) {
            byte[] bytes = TestBytes.noise(random, 8192);
            int length = cutter.cut(bytes, 0, bytes.length, false);
            random.nextBytes(bytes);
            byte[] same = bytes.clone();
            int again = cutter.cut(same, 0, same.length, false);
            Arrays.fill(same, again, same.length, (byte) 0x5A);
            assertThat(cutter.cut(same, 0, same.length, true)).isEqualTo(again);
            assertThat(length).isBetween(256, 4096);
        }
    }

    @Test
    void cut_noise_meanIsNearTheAverage() {
        SplittableRandom random = TestBytes.seeded(31);
        for (ChunkProfile profile : List.of(ChunkProfile.DEFAULT, ChunkProfile.parse("2/8/32"))) {
            byte[] bytes = TestBytes.noise(random, 400 * profile.avgBytes());
            List<Long> ends = TestBytes.regionEnds(new GearCutter(TestBytes.table(random), profile), bytes);
            assertThat((double) bytes.length / ends.size())
                    .isBetween(0.9 * profile.avgBytes(), 1.1 * profile.avgBytes());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {41, 42, 43})
    void cut_bytesInsertedOrRemoved_cutsResynchronise(long seed) {
        SplittableRandom random = TestBytes.seeded(seed);
        GearCutter cutter = new GearCutter(TestBytes.table(random), ChunkProfile.DEFAULT);
        byte[] old = TestBytes.noise(random, 8 << 20);
        int at = random.nextInt(1 << 20, 2 << 20);
        int inserted = random.nextInt(1, 1000);
        byte[] edited = new byte[old.length + inserted];
        System.arraycopy(old, 0, edited, 0, at);
        System.arraycopy(TestBytes.noise(random, inserted), 0, edited, at, inserted);
        System.arraycopy(old, at, edited, at + inserted, old.length - at);

        Set<Long> shifted = new HashSet<>();
        TestBytes.regionEnds(cutter, old).forEach(end -> shifted.add(end <= at ? end : end + inserted));
        List<Long> foreign = TestBytes.regionEnds(cutter, edited).stream()
                .filter(end -> !shifted.contains(end))
                .toList();
        // Only cuts between the edit and the point where both streams meet again are new.
        assertThat(foreign.size()).isLessThanOrEqualTo(12);
        assertThat(foreign).allSatisfy(end -> assertThat(end).isBetween((long) at, at + (1L << 20)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 59, 255})
    void cut_constantByte_lengthsAreEqualAndWithinBounds(int value) {
        SplittableRandom random = TestBytes.seeded(51);
        byte[] bytes = new byte[100_000];
        Arrays.fill(bytes, (byte) value);
        for (int round = 0; round < 20; round++) {
            GearTable table = TestBytes.table(random);
            List<Long> ends = TestBytes.regionEnds(new GearCutter(table, SMALL), bytes);
            assertThat(ends).isEqualTo(TestBytes.endsByDefinition(table, SMALL, bytes));
            long first = ends.getFirst();
            for (int i = 0; i < ends.size() - 1; i++) {
                assertThat(ends.get(i)).isEqualTo(first * (i + 1));
            }
        }
    }

    /** Tables whose zero entry makes zeros a strict hit, a loose hit only, and none. */
    @Test
    void cut_zeros_takeTheShortCutOnlyToTheCutOfTheDefinition() {
        byte[] bytes = new byte[20_000];
        bytes[17_777] = 1;
        // The hash of zeros is -table[0]: 52 bits of ones negate to 12 leading zeros, 56 to 8.
        long[] zeroEntries = {0, -1L, -(1L << 51), -(1L << 55), 1, 0x123456789ABCDEFL};
        int[] lengths = {256, 256, 256, 768, 4096, 4096};
        for (int i = 0; i < zeroEntries.length; i++) {
            long[] numbers = new SplittableRandom(61).longs(256).toArray();
            numbers[0] = zeroEntries[i];
            GearTable table = GearTable.of(numbers);
            GearCutter cutter = new GearCutter(table, SMALL);
            assertThat(cutter.zeroChunkBytes()).as("entry %x", zeroEntries[i]).isEqualTo(lengths[i]);
            assertThat(TestBytes.regionEnds(cutter, bytes)).isEqualTo(TestBytes.endsByDefinition(table, SMALL, bytes));
        }
    }

    @Test
    void cut_windowOutsideTheArray_isRefused() {
        GearCutter cutter = new GearCutter(TestBytes.table(new SplittableRandom(71)), SMALL);
        byte[] bytes = new byte[100];
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> cutter.cut(bytes, 0, 101, true));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> cutter.cut(bytes, -1, 50, true));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> cutter.cut(bytes, 50, 50, true));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> cutter.cut(bytes, 60, 50, true));
    }
}
