package dev.cairn.cas.snapshot.archive;

import java.io.IOException;
import java.util.Arrays;

/**
 * Where in a file the bytes stand that an archive holds of it; between them are holes. Stretches ascend and do not touch. Immutable.
 *
 * <p>Memory: 24 bytes a stretch.
 */
final class SparseMap {

    /** The most stretches of one file. A file with more of them is written with its holes as zeros. */
    static final int STRETCHES_MAX = 500_000;

    private final long size;
    private final long[] starts;
    private final long[] ends;
    private final long[] dataBefore;

    private SparseMap(long size, long[] starts, long[] ends) {
        this.size = size;
        this.starts = starts;
        this.ends = ends;
        this.dataBefore = new long[starts.length + 1];
        for (int i = 0; i < starts.length; i++) {
            dataBefore[i + 1] = dataBefore[i] + ends[i] - starts[i];
        }
    }

    /** A file without holes. */
    static SparseMap dense(long size) {
        return size == 0
                ? new SparseMap(0, new long[0], new long[0])
                : new SparseMap(size, new long[] {0}, new long[] {size});
    }

    /** Collects stretches. */
    static final class Builder {
        private long[] starts = new long[8];
        private long[] ends = new long[8];
        private int count;

        /**
         * Adds the next stretch; one of no bytes is nothing.
         *
         * @throws ArchiveException if it begins before the last one's end, or there are too many
         */
        void add(long start, long length) throws IOException {
            if (start < 0 || length < 0 || start + length < 0 || (count > 0 && start < ends[count - 1])) {
                throw ArchiveException.damaged("a sparse file whose stretches do not ascend");
            }
            if (length == 0) {
                return;
            }
            if (count > 0 && ends[count - 1] == start) {
                ends[count - 1] = start + length;
                return;
            }
            if (count == STRETCHES_MAX) {
                throw ArchiveException.unsupported(
                        "a sparse file of more than %,d stretches".formatted(STRETCHES_MAX),
                        "Make the archive without --sparse.");
            }
            if (count == starts.length) {
                starts = Arrays.copyOf(starts, 2 * count);
                ends = Arrays.copyOf(ends, 2 * count);
            }
            starts[count] = start;
            ends[count++] = start + length;
        }

        /** Whether no further stretch fits that does not touch the last. */
        boolean isFull() {
            return count == STRETCHES_MAX;
        }

        /** The map of a file of that size. */
        SparseMap build(long size) throws IOException {
            if (size < 0 || (count > 0 && ends[count - 1] > size)) {
                throw ArchiveException.damaged("a sparse file with bytes beyond its end");
            }
            return new SparseMap(size, Arrays.copyOf(starts, count), Arrays.copyOf(ends, count));
        }
    }

    /** Length of the file, in bytes. */
    long size() {
        return size;
    }

    /** Number of bytes that are no holes. */
    long dataBytes() {
        return dataBefore[starts.length];
    }

    /** Number of bytes of the stretches before one. */
    long dataBefore(int stretch) {
        return dataBefore[stretch];
    }

    /** Number of stretches. */
    int stretches() {
        return starts.length;
    }

    long start(int stretch) {
        return starts[stretch];
    }

    long end(int stretch) {
        return ends[stretch];
    }

    /** The first stretch that ends after {@code position}; {@link #stretches} if none does. */
    int stretchAt(long position) {
        int found = Arrays.binarySearch(ends, position + 1);
        return found >= 0 ? found : -found - 1;
    }
}
