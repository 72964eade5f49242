package dev.cairn.chunker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParallelChunkerTest {
    private static final int BLOCK = ParallelChunker.BLOCK_BYTES;
    private static final ChunkProfile SMALL = ChunkProfile.normalised(256, 1024, 4096);

    private final ExecutorService workers = Executors.newFixedThreadPool(3);

    @AfterEach
    void stop() {
        workers.shutdownNow();
    }

    /** A chunk with all its bytes. */
    private record Part(long position, int hash, int length, boolean allZero) {
        static Part of(ChunkSlice chunk) {
            return new Part(chunk.position(), Arrays.hashCode(chunk.copy()), chunk.length(), chunk.allZero());
        }
    }

    private static ParallelChunker.Source of(byte[] bytes) {
        return (position, buffer, offset, length) -> {
            int read = (int) Math.min(length, bytes.length - position);
            if (read <= 0) {
                return -1;
            }
            System.arraycopy(bytes, (int) position, buffer, offset, read);
            return read;
        };
    }

    private static List<Part> inOrder(Cutter cutter, byte[] bytes) throws IOException {
        List<Part> parts = new ArrayList<>();
        new Chunker(cutter).region(new ByteArrayInputStream(bytes)::read, chunk -> parts.add(Part.of(chunk)));
        return parts;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64, BLOCK - 1, BLOCK, BLOCK + 1, BLOCK + 63, 2 * BLOCK, 5 * BLOCK + 77_777})
    void region_anyLength_givesTheChunksOfTheStream(int length) throws IOException {
        SplittableRandom random = TestBytes.seeded(length);
        byte[] bytes = TestBytes.mixed(random, length);
        for (ChunkProfile profile : List.of(SMALL, ChunkProfile.DEFAULT, ChunkProfile.singleMask(64, 3 * BLOCK, 22))) {
            GearCutter cutter = new GearCutter(TestBytes.table(random), profile);
            for (int blocksMax : new int[] {2, 3, 8}) {
                ParallelChunker<Part> chunker = new ParallelChunker<>(cutter, workers, blocksMax, Part::of);
                List<Part> parts = new ArrayList<>();
                long read = chunker.region(of(bytes), 0, length, (chunk, name) -> {
                    assertThat(name).isEqualTo(Part.of(chunk));
                    parts.add(name);
                });
                assertThat(read).isEqualTo(length);
                assertThat(parts).isEqualTo(inOrder(cutter, bytes));
            }
        }
    }

    /** {@code -Dcairn.chunker.rounds=N} makes N rounds of it, {@code -Dcairn.chunker.seed=S} begins with another seed. */
    @Test
    void region_randomSizesProfilesAndContents_givesTheChunksOfTheStream() throws IOException {
        int rounds = Integer.getInteger("cairn.chunker.rounds", 12);
        long first = Long.getLong("cairn.chunker.seed", 700);
        for (long seed = first; seed < first + rounds; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int avg = 256 << random.nextInt(10);
            ChunkProfile profile = random.nextInt(4) == 0
                    ? ChunkProfile.singleMask(
                            64 + random.nextInt(5_000), 6_000 + random.nextInt(2 * BLOCK), 1 + random.nextInt(24))
                    : ChunkProfile.normalised(
                            64 + random.nextInt(avg - avg / 4 - 63), avg, avg + 1 + random.nextInt(8 * avg));
            byte[] bytes = TestBytes.mixed(random, random.nextInt(5 * BLOCK));
            for (int runs = random.nextInt(4); runs > 0 && bytes.length > 0; runs--) {
                int at = random.nextInt(bytes.length);
                byte value = (byte) (random.nextBoolean() ? 0 : random.nextInt());
                Arrays.fill(bytes, at, at + random.nextInt(bytes.length - at) + 1, value);
            }
            int from = random.nextInt(2) * random.nextInt(bytes.length + 1);
            GearCutter cutter = new GearCutter(TestBytes.table(random), profile);
            List<Part> parts = new ArrayList<>();
            new ParallelChunker<>(cutter, workers, 2 + random.nextInt(6), Part::of)
                    .region(of(bytes), from, bytes.length, (chunk, name) -> parts.add(name));
            assertThat(parts)
                    .as("seed=%d, %s, %d bytes from %d", seed, profile, bytes.length, from)
                    .isEqualTo(inOrder(cutter, Arrays.copyOfRange(bytes, from, bytes.length)));
        }
    }

    @Test
    void stretches_takenInTurn_giveTheChunksOfTheRegion() throws IOException {
        SplittableRandom random = TestBytes.seeded(14);
        byte[] bytes = TestBytes.mixed(random, 7 * BLOCK + 12_345);
        GearCutter cutter = new GearCutter(TestBytes.table(random), ChunkProfile.DEFAULT);
        Chunker alone = new Chunker(cutter);
        ParallelChunker<Part> together = new ParallelChunker<>(cutter, workers, 4, Part::of);
        List<Integer> lengths = new ArrayList<>();
        long position = 0;
        for (int turn = 0; position < bytes.length; turn++) {
            long cut;
            if (turn % 2 == 0) {
                int from = (int) position;
                cut = alone.stretch(
                        new ByteArrayInputStream(bytes, from, bytes.length - from)::read,
                        1 + random.nextInt(BLOCK),
                        chunk -> lengths.add(chunk.length()));
            } else {
                long to = position + 1 + random.nextInt(3 * BLOCK);
                ParallelChunker.Sink<Part> sink = (chunk, name) -> lengths.add(chunk.length());
                cut = to >= bytes.length
                        ? together.region(of(bytes), position, bytes.length, sink)
                        : together.stretch(of(bytes), position, to, sink);
            }
            position += cut;
        }
        assertThat(lengths)
                .isEqualTo(inOrder(cutter, bytes).stream().map(Part::length).toList());
    }

    @Test
    void region_workersThatHaveNoTime_givesTheSameChunks() throws IOException {
        SplittableRandom random = TestBytes.seeded(13);
        byte[] bytes = TestBytes.mixed(random, 6 * BLOCK + 99);
        GearCutter cutter = new GearCutter(TestBytes.table(random), ChunkProfile.DEFAULT);
        AtomicInteger given = new AtomicInteger();
        for (int inline : new int[] {1, 2, 3}) {
            List<Part> parts = new ArrayList<>();
            new ParallelChunker<>(
                            cutter,
                            task -> {
                                if (given.incrementAndGet() % inline == 0) {
                                    task.run();
                                } else {
                                    workers.execute(task);
                                }
                            },
                            4,
                            Part::of)
                    .region(of(bytes), 0, bytes.length, (chunk, name) -> parts.add(name));
            assertThat(parts).isEqualTo(inOrder(cutter, bytes));
        }
    }

    @Test
    void region_partOfTheSourceAndOneAfterAnother_countsFromItsBeginning() throws IOException {
        SplittableRandom random = TestBytes.seeded(11);
        byte[] bytes = TestBytes.mixed(random, 4 * BLOCK);
        GearCutter cutter = new GearCutter(TestBytes.table(random), SMALL);
        ParallelChunker<Part> chunker = new ParallelChunker<>(cutter, workers, 4, Part::of);
        for (int from : new int[] {100, BLOCK, 3 * BLOCK}) {
            List<Part> parts = new ArrayList<>();
            chunker.region(of(bytes), from, bytes.length - 5, (chunk, name) -> parts.add(name));
            assertThat(parts).isEqualTo(inOrder(cutter, Arrays.copyOfRange(bytes, from, bytes.length - 5)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10, 2 * BLOCK, 2 * BLOCK + 10, 3 * BLOCK - 1})
    void region_sourceThatEndsEarly_givesWhatThereIs(int there) throws IOException {
        SplittableRandom random = TestBytes.seeded(there);
        byte[] bytes = TestBytes.mixed(random, there);
        GearCutter cutter = new GearCutter(TestBytes.table(random), ChunkProfile.DEFAULT);
        List<Part> parts = new ArrayList<>();
        long read = new ParallelChunker<>(cutter, workers, 4, Part::of)
                .region(of(bytes), 0, 9L * BLOCK, (chunk, name) -> parts.add(name));
        assertThat(read).isEqualTo(there);
        assertThat(parts).isEqualTo(inOrder(cutter, bytes));
    }

    @Test
    void region_failures_areThrownAsTheyAreAndLeaveNoReaderBehind() {
        byte[] bytes = TestBytes.noise(TestBytes.seeded(12), 8 * BLOCK);
        GearCutter cutter = new GearCutter(TestBytes.table(new SplittableRandom(12)), ChunkProfile.DEFAULT);
        AtomicInteger reading = new AtomicInteger();
        ParallelChunker.Source watched = (position, buffer, offset, length) -> {
            reading.incrementAndGet();
            try {
                return of(bytes).read(position, buffer, offset, length);
            } finally {
                reading.decrementAndGet();
            }
        };
        IOException unreadable = new IOException("unreadable");
        ParallelChunker<Part> chunker = new ParallelChunker<>(cutter, workers, 6, Part::of);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> chunker.region(
                        (position, buffer, offset, length) -> {
                            if (position > 3 * BLOCK) {
                                throw unreadable;
                            }
                            return watched.read(position, buffer, offset, length);
                        },
                        0,
                        bytes.length,
                        (chunk, name) -> {}))
                .isSameAs(unreadable);
        assertThat(reading).hasValue(0);

        IOException full = new IOException("full");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> chunker.region(watched, 0, bytes.length, (chunk, name) -> {
                    throw full;
                }))
                .isSameAs(full);
        assertThat(reading).hasValue(0);

        ParallelChunker<Part> nameless = new ParallelChunker<>(cutter, workers, 6, chunk -> {
            throw new IllegalStateException("nameless");
        });
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> nameless.region(watched, 0, bytes.length, (chunk, name) -> {}))
                .withMessage("nameless");
        assertThat(reading).hasValue(0);
    }

    @Test
    void new_oneBlock_isRefused() {
        GearCutter cutter = new GearCutter(TestBytes.table(new SplittableRandom(1)), SMALL);
        assertThatIllegalArgumentException().isThrownBy(() -> new ParallelChunker<>(cutter, workers, 1, Part::of));
    }
}
