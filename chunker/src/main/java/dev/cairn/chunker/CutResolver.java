package dev.cairn.chunker;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.LongConsumer;

/**
 * Turns the scans of a stream's regions, given in order, into the stream's cuts.
 *
 * <p>The cuts are those that {@link Chunker} makes of the same bytes. Memory: the scans that the chunk under way still touches. A
 * resolver serves one stream and is not safe for use by several threads at once.
 */
public final class CutResolver {
    private final ChunkProfile profile;
    private final LongConsumer cuts;
    private final ArrayDeque<RegionScan> scans = new ArrayDeque<>();
    private long chunkStart;
    private long known;
    private boolean finished;

    /**
     * A resolver that reports each cut, as the stream offset just behind a chunk, in increasing order.
     *
     * @param cutter the cutter that the scans were made with
     */
    public CutResolver(GearCutter cutter, LongConsumer cuts) {
        this.profile = cutter.profile();
        this.cuts = cuts;
    }

    /**
     * Takes the next region's scan and reports the cuts that are now certain.
     *
     * @throws IllegalArgumentException if the region does not start where the last one ended
     * @throws IllegalStateException after {@link #finish}
     */
    public void accept(RegionScan scan) {
        if (finished) {
            throw new IllegalStateException("the stream is finished at %d".formatted(known));
        }
        if (scan.start() != known) {
            throw new IllegalArgumentException(
                    "region starts at %d, the last one ended at %d".formatted(scan.start(), known));
        }
        scans.add(scan);
        known = scan.end();
        // One chunk's maximum stays undecided, so that the end of a small file is still open for finish() to judge.
        while (known - chunkStart > profile.maxBytes()) {
            cutAt(nextCut(chunkStart + profile.maxBytes()));
        }
    }

    /**
     * Says that the stream has ended and reports the remaining cuts, the last one being the stream's end.
     *
     * @param wholeFile whether the stream was a whole file, to which the rule for small files applies, rather than a region of one
     */
    public void finish(boolean wholeFile) {
        if (finished) {
            return;
        }
        finished = true;
        if (wholeFile && chunkStart == 0 && known > 0 && known <= profile.wholeFileBytesMax()) {
            cutAt(known);
        }
        while (chunkStart < known) {
            cutAt(nextCut(Math.min(known, chunkStart + profile.maxBytes())));
        }
    }

    private void cutAt(long position) {
        cuts.accept(position);
        chunkStart = position;
        while (!scans.isEmpty() && scans.peekFirst().end() < position) {
            scans.removeFirst();
        }
    }

    /** The first cut behind {@code chunkStart}, at the latest {@code limit}. */
    private long nextCut(long limit) {
        long minAt = chunkStart + profile.minBytes();
        long switchAt = chunkStart + profile.switchBytes();
        for (Iterator<RegionScan> each = scans.iterator(); each.hasNext(); ) {
            RegionScan scan = each.next();
            for (int run = firstRunReaching(scan, minAt); run < scan.runs(); run++) {
                long runStart = scan.runStart(run);
                if (runStart >= limit) {
                    return limit;
                }
                long position = Math.max(runStart, scan.strict(run) ? minAt : switchAt);
                if (position <= scan.runEnd(run) && position < limit) {
                    return position;
                }
            }
        }
        return limit;
    }

    /** The first run of a scan that ends at or behind {@code position}, by binary search. */
    private static int firstRunReaching(RegionScan scan, long position) {
        int low = 0;
        int high = scan.runs();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (scan.runEnd(middle) < position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
