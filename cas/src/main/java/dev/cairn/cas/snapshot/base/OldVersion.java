package dev.cairn.cas.snapshot.base;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.manifest.ChunkMap;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.Workers;
import dev.cairn.chunker.ByteSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An older version of a file, as what a newer one is aligned with: where its chunks stand, and where its anchors do. Neither
 * is looked up before it is needed: chunks cost the pages of the list, anchors a pass over the content, as much of it as is asked
 * for, on as many processors as the heap has room for, some 0.7 GB/s a core.
 *
 * <p>What is damaged is passed over: it is no base for anything. Takes 16 MiB at most, whatever the length of the file. May be
 * used from any thread.
 */
public final class OldVersion {

    /** What one processor cuts into anchors at a time. Anchors fall in step again within two of them. */
    private static final long WINDOW_BYTES = 2L << 20;

    /** What is cut of a window that is only sampled, if the table takes all anchors: some eight of them, of one record or two. */
    private static final long SAMPLE_BYTES = 64 << 10;

    /** A stretch of so many bytes has a sample in it nearly always, wherever it stands. */
    static final long SAMPLED_RUN_BYTES_MIN = WINDOW_BYTES - WINDOW_BYTES / 8;

    /** Where in a window its sample stands: not where what has the size of a window, or a part of it, has its heading. */
    private static final long SAMPLE_AT = 5 * WINDOW_BYTES / 13;

    /** How far from where they are expected bytes are looked for while all is in order: at first, and at most. */
    static final long REACH_MIN = 1L << 20;

    static final long REACH_MAX = 16L << 20;

    private static final int REACH_GROWTH = 16;

    /** So often in a row new bytes may be elsewhere before they are not looked for in place any more: until some are where they are expected. */
    private static final int MISPLACED_MAX = 3;

    private static final int CHUNK_MEAN_BYTES = 64 << 10;

    /** What is there beside windows that are cut, and what one takes: what it opens, and what that builds on. */
    private static final long HEAP_APART = 72L << 20;

    private static final long HEAP_PER_WINDOW = 40L << 20;

    /** Of all files: the threads that streams share are one for each processor, however small the heap is. */
    private static final Semaphore CUTTING = new Semaphore(Workers.threadsWithin(HEAP_APART, HEAP_PER_WINDOW));

    private final ChunkMap chunks;
    private final ObjectSource objects;
    private final Cancellation cancellation;
    private final Shifts shifts = new Shifts();
    private volatile long reach = REACH_MIN;

    private final CommonOrder order = new CommonOrder();
    private final AtomicInteger misplaced = new AtomicInteger();
    private @Nullable OffsetTable starts;
    private @Nullable OffsetTable anchors;
    /** The windows all of whose anchors are in the table. */
    private final BitSet cut = new BitSet();

    /** Those some of whose anchors are. */
    private final BitSet sampled = new BitSet();

    public OldVersion(ChunkMap chunks, ObjectSource objects, Cancellation cancellation) {
        this.chunks = chunks;
        this.objects = objects;
        this.cancellation = cancellation;
    }

    /** The chunks by their place. */
    public ChunkMap chunks() {
        return chunks;
    }

    /**
     * Takes note of where a place of the new version was found in this one.
     *
     * @param isInPlace whether it was looked for in place: beside its neighbours, or where it was {@link #expected}
     */
    public void found(long newOffset, long oldOffset, boolean isInPlace) {
        // If anchors found it where it was expected, what follows will be in place.
        boolean isExpected = shifts.found(newOffset, oldOffset);
        if (isInPlace || isExpected) {
            misplaced.set(0);
        }
    }

    /** Takes note that new bytes, or some of them, were not in place. */
    public void notFound() {
        misplaced.incrementAndGet();
    }

    /**
     * Takes note of whether something like new bytes was found within {@link #reach} of where they were expected: if not, they may be new, or
     * farther away.
     *
     * @return whether it makes sense to look for them again, in a larger part: not where all of it was looked through
     */
    public boolean reached(boolean isFound) {
        boolean isWorthAnother = !isFound && reach < REACH_MAX && order.holds();
        if (!isFound && !isWorthAnother) {
            shifts.notFound();
        }
        reach = isFound ? REACH_MIN : Math.min(REACH_GROWTH * reach, REACH_MAX);
        return isWorthAnother;
    }

    /** How far from where they are expected new bytes are looked for while all is in order. */
    long reach() {
        return reach;
    }

    /** What is known of the order of what both versions have. */
    CommonOrder order() {
        return order;
    }

    /** Whether it makes sense to look at the expected place first. */
    public boolean isInPlace() {
        return misplaced.get() < MISPLACED_MAX;
    }

    /** The place that belongs to one of the new version, if nothing but lengths changed since the last that was found. */
    long expected(long newOffset) {
        return shifts.expected(newOffset);
    }

    /** That place, and where else it may be by what was found before. */
    long[] expectedPlaces(long newOffset) {
        return shifts.places(newOffset);
    }

    /** Where {@code chunk} stands first, or -1. */
    synchronized long startOf(ObjectId chunk) {
        OffsetTable table = starts;
        if (table == null) {
            table = new OffsetTable(chunks.size() / CHUNK_MEAN_BYTES + 1);
            OffsetTable filled = table;
            try {
                chunks.forEach(placed -> filled.put(placed.chunk().word0(), placed.offset()));
            } catch (StoreException e) {
                // What was read so far is right.
            }
            starts = table;
        }
        return table.get(chunk.word0());
    }

    /** The leaf page that lists {@code chunk}, null if none does. */
    @Nullable
    ObjectId pageOf(ObjectId chunk) {
        long start = startOf(chunk);
        if (start < 0) {
            return null;
        }
        Set<ObjectId> pages = new HashSet<>();
        between(start, start + 1, pages);
        return pages.isEmpty() ? null : pages.iterator().next();
    }

    /** Where an anchor of that hash begins, as far as its place was asked for; else -1. */
    synchronized long anchor(long hash) {
        OffsetTable table = anchors;
        if (table == null) {
            return -1;
        }
        // After a cancellation, windows may still be under way.
        synchronized (table) {
            return table.get(hash);
        }
    }

    /** Sees to it that the anchors of {@code [from, to)} are known, as far as there is such a part. */
    void cutAnchors(long from, long to) {
        cutWindows(from, to, false);
    }

    /**
     * Sees to it that some anchors of {@code [from, to)} are known: enough to find {@link #SAMPLED_RUN_BYTES_MIN} bytes that stand there and of
     * which half is as it was, for a quarter of what all take.
     */
    void sampleAnchors(long from, long to) {
        cutWindows(from, to, true);
    }

    private synchronized void cutWindows(long from, long to, boolean isSample) {
        OffsetTable table = anchors;
        if (table == null) {
            table = new OffsetTable(chunks.size() / Anchors.MEAN_BYTES + 1);
            anchors = table;
        }
        BitSet done = isSample ? sampled : cut;
        int first = Math.toIntExact(Math.max(0, from) / WINDOW_BYTES);
        int end = Math.toIntExact((Math.min(chunks.size(), to) + WINDOW_BYTES - 1) / WINDOW_BYTES);
        if (done.nextClearBit(first) < end) {
            OffsetTable filled = table;
            long bytes = isSample ? Math.min(SAMPLE_BYTES * table.oneIn(), WINDOW_BYTES) : WINDOW_BYTES;
            IntStream.range(first, end)
                    .filter(window -> !done.get(window) && !cut.get(window))
                    .parallel()
                    .forEach(window -> {
                        long start = window * WINDOW_BYTES + Math.min(SAMPLE_AT, WINDOW_BYTES - bytes);
                        cutWindow(start, start + bytes, filled);
                    });
            done.set(first, end);
        }
    }

    private void cutWindow(long from, long to, OffsetTable table) {
        CUTTING.acquireUninterruptibly();
        try {
            cancellation.check();
            window(from, to, table);
        } catch (StoreException e) {
            // No anchors of this part.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            CUTTING.release();
        }
    }

    private void window(long from, long to, OffsetTable table) throws IOException {
        List<ChunkMap.Placed> placed = chunks.between(from, to, new HashSet<>());
        int end = 0;
        while (end < placed.size()) {
            int begin = end++;
            while (end < placed.size()
                    && placed.get(end - 1).end() == placed.get(end).offset()) {
                end++;
            }
            AnchorList found = new AnchorList();
            new Anchors().of(new Stretch(placed.subList(begin, end)), found);
            long start = placed.get(begin).offset();
            synchronized (table) {
                found.show((hash, offset, _) -> table.put(hash, start + offset));
            }
        }
    }

    /** The bytes of chunks that follow one another. */
    private final class Stretch implements ByteSource {
        private final List<ChunkMap.Placed> placed;
        private int next;
        private ObjectSource.Bytes chunk = new ObjectSource.Bytes(new byte[0], 0, 0);
        private int read;

        Stretch(List<ChunkMap.Placed> placed) {
            this.placed = placed;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            if (read == chunk.length()) {
                if (next == placed.size()) {
                    return -1;
                }
                chunk = objects.unverifiedChunk(placed.get(next++).chunk());
                read = 0;
            }
            int count = Math.min(length, chunk.length() - read);
            System.arraycopy(chunk.array(), chunk.offset() + read, buffer, offset, count);
            read += count;
            return count;
        }
    }

    /** The bases that hold bytes of {@code [from, to)}, and in {@code pages} the pages that list them. */
    List<ChunkMap.Placed> between(long from, long to, Set<ObjectId> pages) {
        try {
            return chunks.between(Math.max(0, from), Math.min(chunks.size(), to), pages);
        } catch (StoreException e) {
            return List.of();
        }
    }
}
