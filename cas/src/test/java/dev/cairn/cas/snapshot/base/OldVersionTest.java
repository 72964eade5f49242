package dev.cairn.cas.snapshot.base;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.manifest.ChunkListBuilder;
import dev.cairn.cas.manifest.ChunkMap;
import dev.cairn.cas.manifest.HeapObjects;
import dev.cairn.cas.manifest.PageBoundary;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.Workers;
import java.nio.ByteBuffer;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class OldVersionTest {

    private static final int CHUNK_BYTES = 256 << 10;
    private static final int WINDOWS = 8;
    private static final int CHUNKS = WINDOWS * 32;
    private static final int READING_MILLIS = 100;

    private final HeapObjects pages = new HeapObjects();
    private final AtomicInteger reading = new AtomicInteger();
    private final AtomicInteger readingMost = new AtomicInteger();

    private PlainObject object(ObjectId id, ObjectType type) {
        if (type == ObjectType.NODE) {
            synchronized (pages) {
                return pages.read(id, type);
            }
        }
        readingMost.accumulateAndGet(reading.incrementAndGet(), Math::max);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(READING_MILLIS));
        reading.decrementAndGet();
        throw new CorruptDataException("here", "a chunk", "none");
    }

    private ChunkMap chunks() {
        ChunkListBuilder list = new ChunkListBuilder(pages, PageBoundary.keyed(new byte[32]));
        for (int i = 0; i < CHUNKS; i++) {
            byte[] id = ByteBuffer.allocate(ObjectId.BYTES).putInt(i + 1).array();
            list.addChunk(ObjectId.of(id), CHUNK_BYTES);
        }
        return ChunkMap.of(list.finish(), this::object);
    }

    /** Streams have a thread for each processor. Each that opened records of an old version took its part of the heap. */
    @Test
    void cutAnchors_manyProcessors_readsNoMoreAtOnceThanTheHeapHasRoomFor() {
        OldVersion old = new OldVersion(chunks(), this::object, Cancellation.NEVER);
        try (ForkJoinPool processors = new ForkJoinPool(2 * WINDOWS)) {
            processors.invoke(
                    ForkJoinTask.adapt(() -> old.cutAnchors(0, old.chunks().size())));
        }
        assertThat(readingMost.get()).isBetween(1, Workers.threadsWithin(72L << 20, 40L << 20));
    }

    /** Looking in place was given up for the rest of a file whose parts had moved, each as a whole. */
    @Test
    void found_asExpectedAfterMisses_isLookedForInPlaceAgain() {
        OldVersion old = new OldVersion(chunks(), this::object, Cancellation.NEVER);
        for (int miss = 0; miss < 3; miss++) {
            assertThat(old.isInPlace()).isTrue();
            old.notFound();
        }
        assertThat(old.isInPlace()).isFalse();

        old.found(10L * CHUNK_BYTES, 20L * CHUNK_BYTES, false);
        assertThat(old.isInPlace()).as("it was elsewhere").isFalse();
        assertThat(old.expected(11L * CHUNK_BYTES)).isEqualTo(21L * CHUNK_BYTES);

        old.found(11L * CHUNK_BYTES, 21L * CHUNK_BYTES + Shifts.WITHIN_BYTES, false);
        assertThat(old.isInPlace()).isTrue();
    }
}
