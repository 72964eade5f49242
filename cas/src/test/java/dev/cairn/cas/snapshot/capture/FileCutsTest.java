package dev.cairn.cas.snapshot.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.OpenFile;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.Workers;
import dev.cairn.chunker.ChunkProfile;
import dev.cairn.chunker.ChunkSlice;
import dev.cairn.chunker.GearCutter;
import dev.cairn.chunker.GearTable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileCutsTest {

    private static final long MIB = 1 << 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final TestRepository repository = new TestRepository();
    private final GearCutter cutter =
            new GearCutter(GearTable.keyed(repository.keys.chunkerKey().copy()), ChunkProfile.DEFAULT);
    private final AtomicLong done = new AtomicLong();

    /** 12 MiB of noise, a hole, 20 MiB of which 4 are written zeros, a hole, and a little. */
    private void makeFile() throws IOException {
        Random random = new Random(7);
        try (RandomAccessFile file = new RandomAccessFile(folder.resolve("file").toFile(), "rw")) {
            byte[] noise = new byte[(int) (12 * MIB)];
            random.nextBytes(noise);
            file.write(noise);
            file.seek(16 * MIB);
            file.write(noise, 0, (int) (8 * MIB) + 4_321);
            file.write(new byte[(int) (4 * MIB)]);
            file.write(noise, 1_234, (int) (8 * MIB));
            file.seek(40 * MIB);
            file.write(noise, 0, 100_000);
        }
    }

    /** A hole has no id. */
    private record Part(@Nullable ObjectId id, long position, long length) {}

    private List<Part> parts(@Nullable Workers workers, Cancellation cancellation) throws IOException {
        List<Part> parts = new ArrayList<>();
        done.set(0);
        FileCuts cuts = new FileCuts(cutter, repository.sealer.hasher(), workers, cancellation, done::addAndGet);
        try (Directory parent = Directory.open(folder);
                OpenFile file = parent.openFile("file".getBytes(StandardCharsets.US_ASCII))) {
            FileStat stat = file.stat();
            cuts.cut(file, stat.size(), FileCuts.hasHoles(file, stat), new FileCuts.Parts() {
                @Override
                public void hole(long bytes) {
                    parts.add(new Part(null, -1, bytes));
                }

                @Override
                public void chunk(ChunkSlice chunk, ObjectId id, long position) {
                    assertThat(id)
                            .isEqualTo(
                                    repository.sealer.hasher().chunk(chunk.buffer(), chunk.offset(), chunk.length()));
                    parts.add(new Part(id, position, chunk.length()));
                }
            });
        }
        return parts;
    }

    @Test
    void cut_withAndWithoutWorkers_givesTheSameParts() throws IOException {
        makeFile();
        List<Part> alone = parts(null, Cancellation.NEVER);
        assertThat(alone).hasSizeGreaterThan(400).anyMatch(part -> part.id() == null);
        assertThat(done).hasValue(40 * MIB + 100_000);
        try (Workers workers = new Workers("test-cut", 3)) {
            assertThat(parts(workers, Cancellation.NEVER)).isEqualTo(alone);
        }
        AtomicLong asked = new AtomicLong();
        try (Workers workers = new Workers("test-cut", 3, () -> asked.incrementAndGet() % 2 == 1)) {
            assertThat(parts(workers, Cancellation.NEVER)).isEqualTo(alone);
        }
        assertThat(asked.get()).isGreaterThanOrEqualTo(2);
        assertThat(done).hasValue(40 * MIB + 100_000);
    }

    @Test
    void cut_cancelledAmidABlock_stops() throws IOException {
        makeFile();
        AtomicBoolean isRequested = new AtomicBoolean();
        try (Workers workers = new Workers("test-cut", 3)) {
            assertThatExceptionOfType(CancellationException.class)
                    .isThrownBy(() -> parts(workers, () -> isRequested.getAndSet(done.get() > 3 * MIB)));
        }
        assertThat(done.get()).isLessThan(4 * MIB);
    }
}
