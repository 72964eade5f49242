package dev.cairn.chunker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CutResolverTest {
    private static final ChunkProfile SMALL = ChunkProfile.normalised(256, 1024, 4096);

    /** Scans regions with the given ends in parallel, each from a copy that holds its lead and no more. */
    private static List<Long> resolvedEnds(GearCutter cutter, byte[] bytes, List<Integer> ends, boolean wholeFile) {
        List<RegionScan> scans = IntStream.range(0, ends.size())
                .parallel()
                .mapToObj(i -> {
                    int start = i == 0 ? 0 : ends.get(i - 1);
                    int lead = Math.min(start, RegionScan.LEAD_BYTES);
                    byte[] piece = Arrays.copyOfRange(bytes, start - lead, ends.get(i));
                    return RegionScan.of(cutter, piece, lead, piece.length, start);
                })
                .toList();
        List<Long> cuts = new ArrayList<>();
        CutResolver resolver = new CutResolver(cutter, cuts::add);
        scans.forEach(resolver::accept);
        resolver.finish(wholeFile);
        return cuts;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void finish_anySplitIntoRegions_givesTheCutsOfTheStream(long seed) {
        SplittableRandom random = TestBytes.seeded(seed);
        byte[] bytes = TestBytes.mixed(random, random.nextInt(1, 400_000));
        for (ChunkProfile profile : List.of(SMALL, ChunkProfile.singleMask(64, 5000, 9), ChunkProfile.DEFAULT)) {
            GearCutter cutter = new GearCutter(TestBytes.table(random), profile);
            List<Long> expected = TestBytes.regionEnds(cutter, bytes);
            for (int round = 0; round < 10; round++) {
                List<Integer> ends = new ArrayList<>();
                int regionMax = 1 << random.nextInt(3, 18);
                for (int end = 0; end < bytes.length; ) {
                    end = Math.min(bytes.length, end + 1 + random.nextInt(regionMax));
                    ends.add(end);
                }
                assertThat(resolvedEnds(cutter, bytes, ends, false)).isEqualTo(expected);
            }
        }
    }

    @Test
    void finish_zerosThatAreHits_givesTheCutsOfTheStreamFromFewRuns() {
        byte[] bytes = new byte[100_000];
        for (long zeroEntry : new long[] {0, -(1L << 51), -(1L << 55), 1}) {
            long[] numbers = new SplittableRandom(3).longs(256).toArray();
            numbers[0] = zeroEntry;
            GearCutter cutter = new GearCutter(GearTable.of(numbers), SMALL);
            assertThat(RegionScan.of(cutter, bytes, 0, bytes.length, 0).runs()).isLessThanOrEqualTo(1);
            assertThat(resolvedEnds(cutter, bytes, List.of(33_333, 70_000, 100_000), false))
                    .isEqualTo(TestBytes.regionEnds(cutter, bytes));
        }
    }

    @Test
    void finish_smallWholeFile_isOneChunkAndALargerOneIsNot() {
        GearCutter cutter =
                new GearCutter(TestBytes.table(new SplittableRandom(4)), ChunkProfile.singleMask(64, 512, 6));
        ChunkProfile profile = new ChunkProfile(64, 128, 512, 512, 96, 8, 4);
        GearCutter whole = new GearCutter(cutter.table(), profile);
        byte[] bytes = TestBytes.noise(TestBytes.seeded(5), 513);
        assertThat(resolvedEnds(whole, Arrays.copyOf(bytes, 512), List.of(100, 512), true))
                .containsExactly(512L);
        assertThat(resolvedEnds(whole, bytes, List.of(100, 513), true)).isEqualTo(TestBytes.regionEnds(whole, bytes));
        assertThat(resolvedEnds(whole, new byte[0], List.of(), true)).isEmpty();
    }

    @Test
    void accept_gapOrOverlap_isRefused() {
        GearCutter cutter = new GearCutter(TestBytes.table(new SplittableRandom(6)), SMALL);
        CutResolver resolver = new CutResolver(cutter, cut -> {});
        byte[] bytes = new byte[200];
        resolver.accept(RegionScan.of(cutter, bytes, 0, 100, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> resolver.accept(RegionScan.of(cutter, bytes, 101, 200, 101)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> resolver.accept(RegionScan.of(cutter, bytes, 99, 200, 99)));
        resolver.finish(false);
        assertThatIllegalStateException()
                .isThrownBy(() -> resolver.accept(RegionScan.of(cutter, bytes, 100, 200, 100)));
    }

    @Test
    void of_missingLeadOrHostileRange_isRefused() {
        GearCutter cutter = new GearCutter(TestBytes.table(new SplittableRandom(7)), SMALL);
        byte[] bytes = new byte[200];
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> RegionScan.of(cutter, bytes, 62, 200, 1000));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> RegionScan.of(cutter, bytes, 0, 200, -1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> RegionScan.of(cutter, bytes, 0, 201, 0));
    }
}
