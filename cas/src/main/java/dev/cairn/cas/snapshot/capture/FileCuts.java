package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.OpenFile;
import dev.cairn.cas.seal.ObjectHasher;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.Workers;
import dev.cairn.chunker.ByteSource;
import dev.cairn.chunker.ChunkSlice;
import dev.cairn.chunker.Chunker;
import dev.cairn.chunker.Cutter;
import dev.cairn.chunker.GearCutter;
import dev.cairn.chunker.ParallelChunker;
import java.io.IOException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts larger files into chunks and holes and names the chunks, always the same way: whoever wants to find the chunks of a snapshot in a
 * file again cuts by this.
 *
 * <p>Reads as many bytes as it is told, so that a file which grows is read to an end. Holes of {@link Chunker#HOLE_BYTES_MIN} bytes or
 * more stay holes and are not read; shorter ones are read as zeros. Memory is one buffer, whatever the file, and {@value
 * #BLOCKS_MAX} blocks at most where workers help. For one thread.
 */
public final class FileCuts {

    /** Data of this length without a hole is worth the workers' time. */
    static final long PARALLEL_BYTES_MIN = 8L * ParallelChunker.BLOCK_BYTES;

    private static final long TOGETHER_BYTES_MAX = 4 * PARALLEL_BYTES_MIN;
    private static final int BLOCKS_MAX = 24;

    private final Chunker chunker;
    private final ChunkNames names;

    /** Null where no workers help. */
    private final @Nullable Crew crew;

    private final Cancellation cancellation;
    private final LongConsumer bytesDone;

    /**
     * @param workers help with what is large; null for none
     * @param bytesDone hears of bytes as they are read, and of holes as they are passed over
     */
    public FileCuts(
            Cutter cutter,
            ObjectHasher hasher,
            @Nullable Workers workers,
            Cancellation cancellation,
            LongConsumer bytesDone) {
        this.chunker = new Chunker(cutter);
        this.names = new ChunkNames(hasher);
        this.crew = workers != null && cutter instanceof GearCutter gear
                ? new Crew(
                        workers,
                        new ParallelChunker<>(gear, workers, Math.min(BLOCKS_MAX, 2 * workers.threads() + 2), names))
                : null;
        this.cancellation = cancellation;
        this.bytesDone = bytesDone;
    }

    /** The workers, and the chunker that gives them work. */
    private record Crew(Workers workers, ParallelChunker<ObjectId> chunker) {}

    /** Takes what a file consists of, from front to back. */
    public interface Parts {

        /** A hole. */
        void hole(long bytes);

        /** A chunk that begins at {@code position} of the file. Its bytes are lent until this returns. */
        void chunk(ChunkSlice chunk, ObjectId id, long position) throws IOException;
    }

    /** Whether a file may have holes that can be found. Some file systems have no such question: then a file is all data. */
    public static boolean hasHoles(OpenFile file, FileStat stat) {
        if (!stat.mayHaveHoles()) {
            return false;
        }
        try {
            file.seekData(0);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Where data begins at or after {@code position}; {@code size} where there is none before. */
    public static long dataAt(OpenFile file, long position, long size) throws IOException {
        long data = file.seekData(position);
        return data < 0 ? size : Math.min(data, size);
    }

    /**
     * Cuts the first {@code size} bytes of a file that is larger than a whole chunk; fewer if it is shorter than it was.
     *
     * @param holes as {@link #hasHoles} says
     */
    public void cut(OpenFile file, long size, boolean holes, Parts parts) throws IOException {
        long position = 0;
        while (position < size) {
            long data = holes ? dataAt(file, position, size) : position;
            if (data - position >= Chunker.HOLE_BYTES_MIN) {
                parts.hole(data - position);
                bytesDone.accept(data - position);
                position = data;
                continue;
            }
            long end = holes ? regionEnd(file, data, size) : size;
            if (end == position) {
                // The data that began here is a hole by now: the stat afterwards tells, but this must come to an end.
                end = size;
            }
            long read = data(file, position, end, parts);
            position += read;
            if (position < end) {
                // It is shorter than it was.
                return;
            }
        }
    }

    /** Cuts the bytes from {@code begin} to {@code end}, and returns how many there were. */
    private long data(OpenFile file, long begin, long end, Parts parts) throws IOException {
        if (crew == null || !file.isRandomAccess()) {
            return alone(file, begin, end, Long.MAX_VALUE, parts);
        }
        long position = begin;
        long cut = -1;
        // Who cuts is asked again after each stretch: the workers help only where the processors have nothing else to
        // do.
        while (cut != 0 && position < end) {
            cut = end - position >= PARALLEL_BYTES_MIN && !crew.workers.isCrowded()
                    ? together(crew.chunker, file, position, end, parts)
                    : alone(file, position, end, PARALLEL_BYTES_MIN, parts);
            position += cut;
        }
        return position - begin;
    }

    private long alone(OpenFile file, long begin, long end, long bytes, Parts parts) throws IOException {
        return chunker.stretch(
                new Region(file, begin, end), bytes, chunk -> take(chunk, names.apply(chunk), begin, parts));
    }

    private long together(ParallelChunker<ObjectId> parallel, OpenFile file, long begin, long end, Parts parts)
            throws IOException {
        ParallelChunker.Sink<ObjectId> sink = (chunk, id) -> take(chunk, id, begin, parts);
        return end - begin <= TOGETHER_BYTES_MAX
                ? parallel.region(file::read, begin, end, sink)
                : parallel.stretch(file::read, begin, begin + TOGETHER_BYTES_MAX, sink);
    }

    private void take(ChunkSlice chunk, ObjectId id, long begin, Parts parts) throws IOException {
        cancellation.check();
        bytesDone.accept(chunk.length());
        parts.chunk(chunk, id, begin + chunk.position());
    }

    /** Cuts what comes from a stream, to its end. */
    public void cut(ByteSource source, Parts parts) throws IOException {
        chunker.region(source, chunk -> parts.chunk(chunk, names.apply(chunk), chunk.position()));
    }

    /** Where data that begins at {@code from} ends before a hole that is long enough to be kept. */
    private static long regionEnd(OpenFile file, long from, long size) throws IOException {
        long end = holeAt(file, from, size);
        while (end < size) {
            long next = dataAt(file, end, size);
            if (next - end >= Chunker.HOLE_BYTES_MIN) {
                return end;
            }
            end = next < size ? holeAt(file, next, size) : size;
        }
        return size;
    }

    private static long holeAt(OpenFile file, long position, long size) throws IOException {
        long hole = file.seekHole(position);
        return hole < 0 ? size : Math.min(hole, size);
    }

    /** A stretch of a file, from front to back. */
    private final class Region implements ByteSource {
        private final OpenFile file;
        private final long end;
        private long position;

        Region(OpenFile file, long position, long end) {
            this.file = file;
            this.position = position;
            this.end = end;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            cancellation.check();
            int wanted = (int) Math.min(length, end - position);
            if (wanted == 0) {
                return -1;
            }
            int read = file.read(position, buffer, offset, wanted);
            position += Math.max(0, read);
            return read;
        }
    }
}
