package dev.cairn.chunker;

import java.util.Arrays;
import java.util.Objects;

/**
 * Every candidate position of one region of a stream, found without knowing any cut: regions of a large file can be scanned by several
 * threads and then resolved, in order, by a {@link CutResolver} into the very cuts that {@link Chunker} makes.
 *
 * <p>Positions that follow each other without a gap and are equally strict are kept as one run, so that constant bytes, the one dense
 * case that is likely, cost nothing. Otherwise memory is 17 bytes a run, of which noise has one in every 2^looseBits bytes. Immutable.
 *
 * <p>A scan is 64 bytes of warm-up and one pass over the region; it finds the same positions wherever the regions are split because a
 * hash depends on {@value CutFinder#WINDOW_BYTES} bytes alone.
 */
public final class RegionScan {
    /** Bytes before a region that its scan reads: those that a hash just behind the region's first byte covers. */
    public static final int LEAD_BYTES = CutFinder.WINDOW_BYTES - 1;

    private final long start;
    private final long end;
    private long[] runStarts = new long[64];
    private int[] runLengths = new int[64];
    private boolean[] strict = new boolean[64];
    private int runs;

    private RegionScan(long start, long end) {
        this.start = start;
        this.end = end;
    }

    /**
     * Scans {@code data[from .. to)}, the bytes of a stream from offset {@code start} on. Before {@code from}, {@code data} must hold the
     * stream's preceding {@value #LEAD_BYTES} bytes, or all of them where there are fewer.
     *
     * @throws IndexOutOfBoundsException if the range is outside {@code data} or the lead is missing
     */
    public static RegionScan of(GearCutter cutter, byte[] data, int from, int to, long start) {
        Objects.checkFromToIndex(from, to, data.length);
        if (start < 0 || from < Math.min(start, LEAD_BYTES)) {
            throw new IndexOutOfBoundsException(
                    "region at %d needs %d bytes of lead, has %d".formatted(start, Math.min(start, LEAD_BYTES), from));
        }
        RegionScan scan = new RegionScan(start, start + (to - from));
        // A hash needs 64 bytes of the stream before its position; no profile cuts earlier.
        int first = start >= LEAD_BYTES ? from + 1 : from + (int) (CutFinder.WINDOW_BYTES - start);
        scan.find(cutter, data, first, to, start - from);
        return scan;
    }

    private void find(GearCutter cutter, byte[] data, int first, int to, long shift) {
        long[] table = cutter.table().entries();
        long strictMask = cutter.profile().strictMask();
        long looseMask = cutter.profile().looseMask();
        int position = CutFinder.firstHit(table, data, first, to, looseMask);
        while (position != CutFinder.NONE) {
            long hash = CutFinder.hashAt(table, data, position);
            // Neighbours of a hit are looked at one by one: in constant bytes every position is a hit.
            while ((hash & looseMask) == 0) {
                add(position + shift, (hash & strictMask) == 0);
                if (position == to) {
                    return;
                }
                hash = (hash << 1) + table[data[position] & 0xFF];
                position++;
            }
            position = CutFinder.firstHit(table, data, position + 1, to, looseMask);
        }
    }

    private void add(long position, boolean isStrict) {
        int last = runs - 1;
        if (last >= 0
                && strict[last] == isStrict
                && runStarts[last] + runLengths[last] == position
                && runLengths[last] < Integer.MAX_VALUE) {
            runLengths[last]++;
            return;
        }
        if (runs == runStarts.length) {
            int room = runs * 2;
            runStarts = Arrays.copyOf(runStarts, room);
            runLengths = Arrays.copyOf(runLengths, room);
            strict = Arrays.copyOf(strict, room);
        }
        runStarts[runs] = position;
        runLengths[runs] = 1;
        strict[runs] = isStrict;
        runs++;
    }

    /** Offset in the stream of the region's first byte. */
    public long start() {
        return start;
    }

    /** Offset in the stream just behind the region's last byte. */
    public long end() {
        return end;
    }

    int runs() {
        return runs;
    }

    long runStart(int run) {
        return runStarts[run];
    }

    /** The last position of a run. */
    long runEnd(int run) {
        return runStarts[run] + runLengths[run] - 1;
    }

    boolean strict(int run) {
        return strict[run];
    }
}
