package dev.cairn.chunker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkerTest {
    private static final ChunkProfile SMALL = ChunkProfile.normalised(256, 1024, 4096);

    private static GearCutter smallCutter(long seed) {
        return new GearCutter(TestBytes.table(new SplittableRandom(seed)), SMALL);
    }

    /** A source that hands out reads of random lengths. */
    private static ByteSource dripping(byte[] bytes, SplittableRandom random, int readMax) {
        ByteArrayInputStream in = new ByteArrayInputStream(bytes);
        return (buffer, offset, length) -> in.read(buffer, offset, 1 + random.nextInt(Math.min(length, readMax)));
    }

    private static List<Integer> fileLengths(Chunker chunker, byte[] bytes) throws IOException {
        List<Integer> lengths = new ArrayList<>();
        chunker.file(new ByteArrayInputStream(bytes)::read, chunk -> lengths.add(chunk.length()));
        return lengths;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void region_anySplitAndAnyBuffer_givesTheSameCutsAndBytes(long seed) throws IOException {
        SplittableRandom random = TestBytes.seeded(seed);
        GearCutter cutter = smallCutter(seed);
        byte[] bytes = TestBytes.mixed(random, 300_000 + random.nextInt(5000));
        List<Long> expected = TestBytes.endsByDefinition(cutter.table(), SMALL, bytes);
        for (int round = 0; round < 12; round++) {
            Chunker chunker = new Chunker(cutter, 2 * 4096 + random.nextInt(20_000));
            List<Long> ends = new ArrayList<>();
            ByteArrayOutputStream joined = new ByteArrayOutputStream();
            long read = chunker.region(dripping(bytes, random, 1 + random.nextInt(9000)), chunk -> {
                assertThat(chunk.position()).isEqualTo(joined.size());
                assertThat(chunk.copy()).hasSize(chunk.length());
                joined.write(chunk.buffer(), chunk.offset(), chunk.length());
                ends.add((long) joined.size());
            });
            assertThat(read).isEqualTo(bytes.length);
            assertThat(joined.toByteArray()).isEqualTo(bytes);
            assertThat(ends).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void region_anyInput_everyChunkButTheLastIsWithinBounds(long seed) throws IOException {
        SplittableRandom random = TestBytes.seeded(seed);
        byte[] bytes = TestBytes.mixed(random, 2_000_000);
        List<Integer> lengths = new ArrayList<>();
        new Chunker(smallCutter(seed))
                .region(new ByteArrayInputStream(bytes)::read, chunk -> lengths.add(chunk.length()));
        assertThat(lengths.removeLast()).isBetween(1, SMALL.maxBytes());
        assertThat(lengths).allSatisfy(length -> assertThat(length).isBetween(SMALL.minBytes(), SMALL.maxBytes()));
    }

    @Test
    void file_empty_hasNoChunk() throws IOException {
        assertThat(fileLengths(new Chunker(smallCutter(1)), new byte[0])).isEmpty();
    }

    @Test
    void file_upToTheWholeFileLimit_isOneChunk() throws IOException {
        Chunker chunker = new Chunker(smallCutter(2));
        SplittableRandom random = TestBytes.seeded(2);
        for (int round = 0; round < 300; round++) {
            int length = round == 0 ? SMALL.wholeFileBytesMax() : 1 + random.nextInt(SMALL.wholeFileBytesMax());
            assertThat(fileLengths(chunker, TestBytes.mixed(random, length))).containsExactly(length);
        }
    }

    @Test
    void file_overTheWholeFileLimit_isCutLikeARegion() throws IOException {
        GearCutter cutter = smallCutter(3);
        SplittableRandom random = TestBytes.seeded(3);
        int several = 0;
        for (int round = 0; round < 300; round++) {
            byte[] bytes = TestBytes.noise(random, SMALL.wholeFileBytesMax() + 1 + random.nextInt(200));
            List<Integer> lengths = fileLengths(new Chunker(cutter), bytes);
            List<Long> ends = TestBytes.regionEnds(cutter, bytes);
            assertThat(lengths).hasSameSizeAs(ends);
            assertThat(lengths.getFirst().longValue()).isEqualTo(ends.getFirst());
            several += lengths.size() > 1 ? 1 : 0;
        }
        assertThat(several).isPositive();
    }

    @Test
    void file_reusedChunker_remembersNothing() throws IOException {
        GearCutter cutter = smallCutter(4);
        Chunker chunker = new Chunker(cutter);
        byte[] bytes = TestBytes.noise(TestBytes.seeded(4), 100_000);
        List<Integer> first = fileLengths(chunker, bytes);
        fileLengths(chunker, TestBytes.noise(new SplittableRandom(5), 33_333));
        assertThat(fileLengths(chunker, bytes)).isEqualTo(first);
    }

    @Test
    void region_longRunOfZeros_isFlaggedAndOfOneLength() throws IOException {
        GearCutter cutter = smallCutter(6);
        SplittableRandom random = TestBytes.seeded(6);
        byte[] bytes = TestBytes.noise(random, 1_000_000);
        Arrays.fill(bytes, 100_000, 900_000, (byte) 0);
        List<ChunkSlice> zeros = new ArrayList<>();
        new Chunker(cutter).region(new ByteArrayInputStream(bytes)::read, chunk -> {
            boolean zero = true;
            for (byte b : chunk.copy()) {
                zero &= b == 0;
            }
            assertThat(chunk.allZero()).isEqualTo(zero);
            if (zero) {
                zeros.add(chunk);
            }
        });
        assertThat(zeros).hasSizeBetween(800_000 / 4096 - 2, 800_000 / 4096);
        assertThat(zeros).allSatisfy(chunk -> assertThat(chunk.length()).isEqualTo(cutter.zeroChunkBytes()));
    }

    @Test
    void region_afterAHole_findsTheCutsItHadWithoutTheHole() throws IOException {
        GearCutter cutter = smallCutter(7);
        byte[] bytes = TestBytes.noise(TestBytes.seeded(7), 500_000);
        Arrays.fill(bytes, 100_000, 200_000, (byte) 0);
        List<Long> whole = TestBytes.regionEnds(cutter, bytes);
        List<Long> behind = TestBytes.regionEnds(cutter, Arrays.copyOfRange(bytes, 200_000, bytes.length)).stream()
                .map(end -> end + 200_000)
                .toList();
        List<Long> foreign = behind.stream().filter(end -> !whole.contains(end)).toList();
        assertThat(foreign.size()).isLessThanOrEqualTo(10);
        assertThat(foreign).allSatisfy(end -> assertThat(end).isLessThan(220_000));
    }

    @Test
    void constructor_bufferUnderTwoChunks_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Chunker(smallCutter(8), 8191));
        assertThatIllegalArgumentException().isThrownBy(() -> new Chunker(smallCutter(8), -1));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, Integer.MAX_VALUE})
    void region_sourceThatBreaksItsContract_isAnError(int answer) {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> new Chunker(smallCutter(9)).region((buffer, offset, length) -> answer, chunk -> {}));
    }

    @Test
    void region_sourceOrSinkFails_theFailureComesOut() {
        IOException failure = new IOException("disk on fire");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> new Chunker(smallCutter(9))
                        .region(
                                (b, o, l) -> {
                                    throw failure;
                                },
                                chunk -> {}))
                .isSameAs(failure);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(
                        () -> new Chunker(smallCutter(9)).region(new ByteArrayInputStream(new byte[9])::read, chunk -> {
                            throw failure;
                        }))
                .isSameAs(failure);
    }
}
