package dev.cairn.cas.snapshot.base;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.manifest.ChunkMap;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * Chooses the bases of new chunks among the chunks of an older version.
 *
 * <p>Along a run of new chunks, <em>fixed points</em> say which place of the old version belongs to which of the new one: the
 * end of the chunk before the run, the anchors inside it, the start of the chunk behind it. Between two points whose gaps are
 * about alike, everything belongs together; else only what is near either point.
 *
 * <p>New chunks are grouped so that the bases of a group stay within {@value #BASE_BYTES_MAX} bytes: a group ends before it
 * would have more. Bases are never left out to make room. For one thread.
 */
public final class BaseChoice {

    /** The most bytes of bases that a group has, unless one chunk alone has more. */
    public static final int BASE_BYTES_MAX = 6 << 20;

    /** An old gap of up to twice the new one and so much belongs to it as a whole. */
    private static final int GAP_SLACK_BYTES = 256 << 10;

    /** What is taken on either side of the expected place. */
    private static final int PLACE_SLACK_BYTES = Shifts.WITHIN_BYTES;

    /** What is taken beyond the length of a new gap, where the old one is much longer. */
    private static final int EDGE_BYTES = 4 << 10;

    /** Neighbours that are farther apart in the old version are none there. */
    private static final long APART_BYTES_MAX = 64 << 20;

    /** The bytes of a run in one piece; a few MiB that are worth keeping for the next run of the thread. */
    private static final ThreadLocal<byte[]> JOINED = ThreadLocal.withInitial(() -> new byte[0]);

    private final OldVersion old;
    private final Anchors anchors = new Anchors();
    private final IdentityHashMap<NewRun, AnchorList> known = new IdentityHashMap<>();

    /** Chooses among the chunks of {@code old}. */
    public BaseChoice(OldVersion old) {
        this.old = old;
    }

    /**
     * Chunks that go into one delta.
     *
     * @param offsets of the chunks in the file
     * @param bases in the order of the old version; empty if nothing there is like them
     * @param pages that list the bases
     */
    public record Group(
            List<Long> offsets, List<NewRun.Chunk> chunks, List<ChunkMap.Placed> bases, List<ObjectId> pages) {

        /** Where in the file a place stands that is counted through the chunks of this group: there may be others between them. */
        public long fileOffset(int place) {
            int before = 0;
            for (int i = 0; i < chunks.size(); i++) {
                int end = before + chunks.get(i).bytes().length;
                if (place <= end || i == chunks.size() - 1) {
                    return offsets.get(i) + (place - before);
                }
                before = end;
            }
            return place;
        }
    }

    /** A part of the old version that belongs to new bytes from an offset on. */
    private record Stretch(int at, long from, long to) {}

    private static final class Open {
        final List<NewRun.Chunk> chunks = new ArrayList<>();
        final TreeMap<Long, ChunkMap.Placed> bases = new TreeMap<>();
        final Set<ObjectId> pages = new LinkedHashSet<>();
        long baseBytes;
        final List<Long> offsets = new ArrayList<>();

        Group close() {
            return new Group(
                    List.copyOf(offsets), List.copyOf(chunks), List.copyOf(bases.values()), List.copyOf(pages));
        }
    }

    /** Whether the neighbours of every run say by themselves what belongs to it; takes note of their order, so once for each. */
    public boolean isPlain(List<NewRun> runs) {
        boolean plain = true;
        for (NewRun run : runs) {
            Neighbours near = neighbours(run);
            old.order().add(run.bytes(), run.offset() + run.bytes());
            if (near.areBoth()) {
                old.order().pair(!near.areAgainstOrder());
            }
            plain &= near.isClosed(run.bytes());
        }
        return plain;
    }

    /**
     * Where the known chunks on either side of a run stand in the old version.
     *
     * @param before the end of the one in front, -1 if it has none
     * @param after the start of the one behind, -1 likewise
     */
    private record Neighbours(long before, long after) {

        /** Whether all between them belongs to a run of {@code bytes}. */
        boolean isClosed(int bytes) {
            return before >= 0 && after >= before && after - before <= 2L * bytes + GAP_SLACK_BYTES;
        }

        boolean areBoth() {
            return before >= 0 && after >= 0;
        }

        /** Whether they stand in another order in the old version, or too far apart to be neighbours there. */
        boolean areAgainstOrder() {
            return areBoth() && (after < before || after - before > APART_BYTES_MAX);
        }

        Stretch between() {
            return new Stretch(0, before, after);
        }
    }

    private Neighbours neighbours(NewRun run) {
        return new Neighbours(
                run.before() == null ? -1 : endOf(run.before()), run.after() == null ? -1 : old.startOf(run.after()));
    }

    /**
     * Groups all chunks of {@code runs}, in their order.
     *
     * @param inPlace whether to look for bases where the new bytes are expected, and to do without anchors
     */
    public List<Group> choose(List<NewRun> runs, boolean inPlace) {
        List<Group> groups = new ArrayList<>();
        Open open = new Open();
        for (NewRun run : runs) {
            List<Stretch> stretches = inPlace ? inPlace(run) : stretches(run);
            int next = 0;
            int end = 0;
            for (NewRun.Chunk chunk : run.chunks()) {
                end += chunk.bytes().length;
                List<ChunkMap.Placed> bases = new ArrayList<>();
                Set<ObjectId> pages = new LinkedHashSet<>();
                for (; next < stretches.size() && stretches.get(next).at < end; next++) {
                    Stretch stretch = stretches.get(next);
                    bases.addAll(old.between(stretch.from, stretch.to, pages));
                }
                long more = missingBytes(open, bases);
                if (open.baseBytes + more > BASE_BYTES_MAX && !open.chunks.isEmpty()) {
                    groups.add(open.close());
                    open = new Open();
                }
                add(open, bases);
                open.pages.addAll(pages);
                open.offsets.add(run.offset() + end - chunk.bytes().length);
                open.chunks.add(chunk);
            }
        }
        if (!open.chunks.isEmpty()) {
            groups.add(open.close());
        }
        return groups;
    }

    private static long missingBytes(Open open, List<ChunkMap.Placed> bases) {
        Set<Long> counted = new LinkedHashSet<>();
        long bytes = 0;
        for (ChunkMap.Placed base : bases) {
            if (!open.bases.containsKey(base.offset()) && counted.add(base.offset())) {
                bytes += base.length();
            }
        }
        return bytes;
    }

    /** One chunk alone may have more bases than there is room for: the first of them stay. */
    private static void add(Open open, List<ChunkMap.Placed> bases) {
        for (ChunkMap.Placed base : bases) {
            if (open.baseBytes + base.length() <= BASE_BYTES_MAX && open.bases.put(base.offset(), base) == null) {
                open.baseBytes += base.length();
            }
        }
    }

    /** A place in the new run and the place in the old version that belongs to it. */
    private record Point(int at, long old) {}

    /** Where a run is expected: between its neighbours, behind or before the one that is known, or where the last was found. */
    private List<Stretch> inPlace(NewRun run) {
        int bytes = run.bytes();
        Neighbours near = neighbours(run);
        if (near.isClosed(bytes)) {
            return List.of(near.between());
        }
        List<Stretch> stretches = new ArrayList<>();
        if (near.before >= 0) {
            stretches.add(new Stretch(0, near.before, near.before + bytes + PLACE_SLACK_BYTES));
        }
        if (near.after >= 0) {
            stretches.add(new Stretch(0, near.after - bytes - PLACE_SLACK_BYTES, near.after));
        }
        if (stretches.isEmpty()) {
            addExpected(run, stretches);
        }
        return stretches;
    }

    private void addExpected(NewRun run, List<Stretch> stretches) {
        for (long place : old.expectedPlaces(run.offset())) {
            stretches.add(new Stretch(0, place - PLACE_SLACK_BYTES, place + run.bytes() + PLACE_SLACK_BYTES));
        }
    }

    private List<Stretch> stretches(NewRun run) {
        int bytes = run.bytes();
        Neighbours near = neighbours(run);
        if (near.isClosed(bytes)) {
            return List.of(near.between());
        }
        List<Stretch> stretches = new ArrayList<>();
        List<Point> points = new ArrayList<>();
        if (near.before >= 0) {
            points.add(new Point(0, near.before));
        }
        cutAnchors(run, near);
        addAnchors(run, points, stretches);
        if (near.after >= 0) {
            points.add(new Point(bytes, near.after));
        }
        between(points, run, bytes, stretches);
        stretches.sort(java.util.Comparator.comparingInt(Stretch::at));
        return stretches;
    }

    /**
     * Where the old version is in the order of the new one, what belongs to a run is near its neighbours, near either of them if they are none
     * there; else it may be anywhere.
     */
    private void cutAnchors(NewRun run, Neighbours near) {
        if (!old.order().holds()) {
            old.cutAnchors(0, old.chunks().size());
            return;
        }
        int bytes = run.bytes();
        if (near.areAgainstOrder()) {
            cutNear(run, near.before, near.before + bytes);
            cutNear(run, near.after - bytes, near.after);
            return;
        }
        long from = near.before >= 0 ? near.before : near.after >= 0 ? near.after - bytes : old.expected(run.offset());
        cutNear(run, from, near.after >= 0 ? near.after : from + bytes);
    }

    /** Farther away than what is near, a long run is found by samples too; then all is cut where it seems to stand. */
    private void cutNear(NewRun run, long from, long to) {
        long reach = old.reach();
        if (reach <= OldVersion.REACH_MIN || run.bytes() < OldVersion.SAMPLED_RUN_BYTES_MIN) {
            old.cutAnchors(from - reach, to + reach);
            return;
        }
        old.cutAnchors(from - OldVersion.REACH_MIN, to + OldVersion.REACH_MIN);
        old.sampleAnchors(from - reach, to + reach);
        anchors(run, (hash, offset, length) -> {
            long found = old.anchor(hash);
            if (found >= 0) {
                long begin = found - offset;
                old.cutAnchors(begin - OldVersion.REACH_MIN, begin + run.bytes() + OldVersion.REACH_MIN);
            }
        });
    }

    private long endOf(ObjectId chunk) {
        long start = old.startOf(chunk);
        if (start < 0) {
            return -1;
        }
        List<ChunkMap.Placed> placed = old.between(start, start + 1, new LinkedHashSet<>());
        return placed.isEmpty() ? -1 : placed.getFirst().end();
    }

    private void addAnchors(NewRun run, List<Point> points, List<Stretch> stretches) {
        anchors(run, (hash, offset, length) -> {
            long found = old.anchor(hash);
            if (found >= 0) {
                int at = Math.toIntExact(offset);
                stretches.add(new Stretch(at, found, found + length));
                points.add(new Point(at, found));
                points.add(new Point(at + length, found + length));
            }
        });
    }

    /** Shows the anchors of a run; they are looked for once. */
    private void anchors(NewRun run, Anchors.Sink sink) {
        known.computeIfAbsent(run, this::anchorsOf).show(sink);
    }

    private AnchorList anchorsOf(NewRun run) {
        int bytes = run.bytes();
        byte[] all = JOINED.get();
        if (all.length < bytes) {
            all = new byte[bytes];
            JOINED.set(all);
        }
        int end = 0;
        for (NewRun.Chunk chunk : run.chunks()) {
            System.arraycopy(chunk.bytes(), 0, all, end, chunk.bytes().length);
            end += chunk.bytes().length;
        }
        AnchorList found = new AnchorList();
        anchors.of(all, 0, bytes, found);
        return found;
    }

    private void between(List<Point> points, NewRun run, int bytes, List<Stretch> stretches) {
        long oldBytes = old.chunks().size();
        if (points.isEmpty()) {
            // Nothing says where it comes from.
            if (oldBytes <= 2L * bytes + GAP_SLACK_BYTES) {
                stretches.add(new Stretch(0, 0, oldBytes));
            } else {
                addExpected(run, stretches);
            }
            return;
        }
        Point first = points.getFirst();
        if (first.at > 0) {
            stretches.add(new Stretch(0, first.old - first.at - EDGE_BYTES, first.old));
        }
        for (int i = 1; i < points.size(); i++) {
            Point left = points.get(i - 1);
            Point right = points.get(i);
            long newGap = (long) right.at - left.at;
            long oldGap = right.old - left.old;
            if (newGap == 0) {
                continue;
            }
            if (oldGap >= 0 && oldGap <= 2 * newGap + GAP_SLACK_BYTES) {
                stretches.add(new Stretch(left.at, left.old, right.old));
            } else {
                stretches.add(new Stretch(left.at, left.old, left.old + newGap + EDGE_BYTES));
                stretches.add(new Stretch(left.at, right.old - newGap - EDGE_BYTES, right.old));
            }
        }
        Point last = points.getLast();
        if (last.at < bytes) {
            stretches.add(new Stretch(last.at, last.old, last.old + (bytes - last.at) + EDGE_BYTES));
        }
    }
}
