package dev.cairn.cas.manifest;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of a content by their place in the file, in any order of asking: what a new version of the file is compared
 * with. Holes have none; a chunk that repeats itself is named at its first place only.
 *
 * <p>Holds 40 bytes for each leaf page of the list, of which a file has one for some 25 MB, and the last {@value #LEAVES_KEPT}
 * leaves that were looked at. May be used from any thread.
 */
public final class ChunkMap {

    private static final int LEAVES_KEPT = 8;

    private final ObjectSource source;
    private final long size;
    /** Where each leaf begins, and at last where the last one ends. */
    private final long[] starts;

    private final List<ObjectId> leaves;
    private final List<Placed> few;
    private final Map<Integer, List<Placed>> kept = new LinkedHashMap<>(16, 0.75f, true);

    /** A chunk, and where in the file it stands. */
    public record Placed(ObjectId chunk, long offset, int length) {
        /** Where it ends. */
        public long end() {
            return offset + length;
        }
    }

    private ChunkMap(ObjectSource source, long size, long[] starts, List<ObjectId> leaves, List<Placed> few) {
        this.source = source;
        this.size = size;
        this.starts = starts;
        this.leaves = leaves;
        this.few = few;
    }

    /**
     * The map of {@code content}; reads the pages above the leaves. That of an inline content is empty.
     *
     * @throws CorruptDataException if a page of it is damaged
     */
    public static ChunkMap of(Content content, ObjectSource source) {
        return switch (content) {
            case Content.Inline _ -> new ChunkMap(source, content.size(), new long[1], List.of(), List.of());
            case Content.Segments(List<Segment> list) ->
                new ChunkMap(source, content.size(), new long[1], List.of(), placed(list, 0));
            case Content.Listed listed -> ofLeaves(listed, source);
        };
    }

    private static ChunkMap ofLeaves(Content.Listed content, ObjectSource source) {
        PageCursor<Segment> cursor = new PageCursor<>(TreeFormat.SEGMENTS, content.root(), source);
        List<ObjectId> leaves = new ArrayList<>();
        long[] starts = new long[16];
        if (!cursor.atEnd() && cursor.level() == 0) {
            leaves.add(content.root());
            starts[1] = cursor.total().bytes();
        } else {
            while (!cursor.atEnd()) {
                if (cursor.level() > 1) {
                    cursor.descend();
                    continue;
                }
                PageRef leaf = cursor.page();
                if (leaves.size() + 2 > starts.length) {
                    starts = Arrays.copyOf(starts, starts.length * 2);
                }
                leaves.add(leaf.page());
                starts[leaves.size()] = Segment.plus(starts[leaves.size() - 1], leaf.bytes());
                cursor.skip();
            }
        }
        return new ChunkMap(
                source, content.size(), Arrays.copyOf(starts, leaves.size() + 1), List.copyOf(leaves), List.of());
    }

    /** The length of the file, in bytes. */
    public long size() {
        return size;
    }

    /**
     * The chunks that have a byte in {@code [from, to)}, in the order of the file.
     *
     * @param pages takes the leaf pages that list them
     */
    public List<Placed> between(long from, long to, Set<ObjectId> pages) {
        List<Placed> found = new ArrayList<>();
        if (from >= to) {
            return found;
        }
        if (leaves.isEmpty()) {
            add(few, from, to, found);
            return found;
        }
        int at = Arrays.binarySearch(starts, from);
        for (int leaf = Math.max(0, at >= 0 ? at : -at - 2); leaf < leaves.size() && starts[leaf] < to; leaf++) {
            if (add(leaf(leaf), from, to, found)) {
                pages.add(leaves.get(leaf));
            }
        }
        return found;
    }

    private static boolean add(List<Placed> chunks, long from, long to, List<Placed> found) {
        int before = found.size();
        int low = 0;
        int high = chunks.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (chunks.get(middle).end() <= from) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        for (int i = low; i < chunks.size() && chunks.get(i).offset() < to; i++) {
            found.add(chunks.get(i));
        }
        return found.size() > before;
    }

    /** Shows every chunk, in the order of the file. */
    public void forEach(Consumer<Placed> visitor) {
        few.forEach(visitor);
        for (int leaf = 0; leaf < leaves.size(); leaf++) {
            read(leaf).forEach(visitor);
        }
    }

    private List<Placed> leaf(int leaf) {
        synchronized (kept) {
            List<Placed> known = kept.get(leaf);
            if (known == null) {
                known = read(leaf);
                kept.put(leaf, known);
                if (kept.size() > LEAVES_KEPT) {
                    @Nullable Integer eldest = kept.keySet().iterator().next();
                    kept.remove(eldest);
                }
            }
            return known;
        }
    }

    private List<Placed> read(int leaf) {
        ObjectId id = leaves.get(leaf);
        String where = "page " + id;
        dev.cairn.cas.PlainObject page = source.read(id, ObjectType.NODE);
        if (Page.level(page, TreeFormat.SEGMENTS, where) != 0) {
            throw new CorruptDataException(where, "a leaf", "a branch");
        }
        return placed(Page.decode(page, TreeFormat.SEGMENTS.leaf(), where).items(), starts[leaf]);
    }

    private static List<Placed> placed(List<Segment> segments, long start) {
        List<Placed> placed = new ArrayList<>(segments.size());
        long offset = start;
        for (Segment segment : segments) {
            if (segment instanceof Segment.Data data) {
                placed.add(new Placed(data.chunk(), offset, data.length()));
            }
            offset = Segment.plus(offset, segment.bytes());
        }
        return placed;
    }
}
