package dev.cairn.cas.manifest;

import static java.util.Objects.requireNonNull;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The entries of several maps at once, in path order: each that is wanted once, with the maps that have it just so. A page that many
 * maps have at the same place is read once, and what is beneath it gone through once, for all of them.
 *
 * <h2>Method</h2>
 *
 * A lane is a page that is gone through, for all maps in which it stands there. It stands before an item, or before a page that is not
 * read yet; everything that it will still meet is above the greatest key that it passed. The lane that is furthest back goes on: one
 * before a page opens a lane for it, or joins the one that is open for the very same page. An item is told when no lane is left that
 * could still meet a smaller key. So whoever has a page joins before anything of it is told, and a lane that has ended lets all go on
 * that joined it.
 *
 * <p>Memory: {@value #PAGES_MAX} pages; for each map the place where it is, a few hundred bytes and an entry. Not for use by several
 * threads.
 */
public final class EntryVersions implements Iterator<EntryVersions.Version> {

    /** Pages that are kept decoded. More lanes than that read their pages again and again. */
    static final int PAGES_MAX = 192;

    private static final TreeFormat<Entry> FORMAT = TreeFormat.ENTRIES;

    private final ObjectSource source;
    private final Predicate<Entry> wanted;
    private final PriorityQueue<Lane> lanes = new PriorityQueue<>(FURTHEST_BACK_FIRST);
    private final Map<ObjectId, Lane> open = new HashMap<>();
    private final Deque<Version> ready = new ArrayDeque<>();

    private final LinkedHashMap<ObjectId, TreePage<Entry>> pages = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ObjectId, TreePage<dev.cairn.cas.manifest.Entry>> eldest) {
            return size() > PAGES_MAX;
        }
    };

    /**
     * An entry, and the maps that have it.
     *
     * @param maps their places in the list that was given
     */
    public record Version(Entry entry, BitSet maps) {}

    /** A page that is being gone through. */
    private static final class Lane {
        final ObjectId page;
        final int level;
        final int size;
        final byte[] firstKey;
        /** What a parent must say of it. */
        final PageRef summary;
        /** What the one that opened it says; null for a root. */
        final @Nullable PageRef expected;
        /** The maps of which it is the root. */
        final BitSet roots = new BitSet();
        /** The lanes that stand before this page. */
        final List<Lane> owners = new ArrayList<>();

        int index;
        /** Whether something beneath it was passed, so that nobody can join any more. */
        boolean begun;

        byte @Nullable [] passed;

        @Nullable
        Entry item;

        @Nullable
        PageRef next;

        @Nullable
        BitSet maps;

        Lane(ObjectId page, @Nullable PageRef expected, TreePage<Entry> read) {
            this.page = page;
            this.expected = expected;
            this.summary = read.summary();
            this.level = read.level();
            this.size = read.size();
            this.firstKey = read.firstKey();
        }

        void begin() {
            if (!begun) {
                begun = true;
                owners.forEach(Lane::begin);
            }
        }

        /** All maps in which it stands here; final once it has begun. */
        BitSet maps() {
            BitSet all = maps;
            if (all == null) {
                all = (BitSet) roots.clone();
                for (Lane owner : owners) {
                    all.or(owner.maps());
                }
                maps = all;
            }
            return all;
        }

        /** Where it is: the key of its item, or what it passed before the page that is next. */
        byte @Nullable [] key() {
            return item == null ? passed : item.path().sharedKey();
        }
    }

    /** Before the same key: an item, then pages from the top down, so that lanes meet before a page rather than in it. */
    private static final Comparator<Lane> FURTHEST_BACK_FIRST = (a, b) -> {
        byte[] left = a.key();
        byte[] right = b.key();
        int order = left == null || right == null
                ? Boolean.compare(left != null, right != null)
                : Arrays.compareUnsigned(left, right);
        return order != 0 ? order : Integer.compare(rank(a), rank(b));
    };

    private static int rank(Lane lane) {
        return lane.item != null ? 0 : 1 + TreeFormat.LEVELS_MAX - lane.level;
    }

    private EntryVersions(ObjectSource source, Predicate<Entry> wanted) {
        this.source = source;
        this.wanted = wanted;
    }

    /**
     * The entries of maps.
     *
     * @param roots the topmost pages of the maps
     * @param wanted which entries to tell; asked once for each version of each
     * @throws CorruptDataException out of this and the iteration, where it meets damage
     */
    public static EntryVersions of(List<ObjectId> roots, ObjectSource source, Predicate<Entry> wanted) {
        EntryVersions versions = new EntryVersions(source, wanted);
        Map<ObjectId, Lane> byRoot = new LinkedHashMap<>();
        for (int i = 0; i < roots.size(); i++) {
            ObjectId root = roots.get(i);
            byRoot.computeIfAbsent(root, id -> new Lane(id, null, versions.page(id, null, 0)))
                    .roots
                    .set(i);
        }
        for (Lane lane : byRoot.values()) {
            if (lane.size > 0) {
                // The root of one may stand within another.
                versions.open.put(lane.page, lane);
                versions.look(lane);
            }
        }
        return versions;
    }

    private TreePage<Entry> page(ObjectId id, @Nullable PageRef expected, int level) {
        TreePage<Entry> known = pages.get(id);
        if (known == null) {
            known = TreePage.read(FORMAT, source, id, expected, level);
            pages.put(id, known);
        }
        return known;
    }

    /** Puts a lane where it is. */
    private void look(Lane lane) {
        TreePage<Entry> page = page(lane.page, lane.expected, lane.level);
        lane.item = lane.level == 0 ? page.items().get(lane.index) : null;
        lane.next = lane.level == 0 ? null : page.pages().get(lane.index);
        lanes.add(lane);
    }

    @Override
    public boolean hasNext() {
        while (ready.isEmpty() && !lanes.isEmpty()) {
            if (lanes.element().item == null) {
                descend(lanes.remove());
            } else {
                tell();
            }
        }
        return !ready.isEmpty();
    }

    @Override
    public Version next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return ready.remove();
    }

    /** Goes into the next page of a lane, which waits for it. */
    private void descend(Lane lane) {
        PageRef next = requireNonNull(lane.next);
        Lane child = open.get(next.page());
        if (child == null) {
            child = new Lane(next.page(), next, page(next.page(), next, lane.level - 1));
            child.passed = lane.passed;
            open.put(child.page, child);
            look(child);
        }
        boolean isSame = child.summary.items() == next.items() && Arrays.equals(child.summary.key(), next.key());
        if (child.begun || child.level != lane.level - 1 || !isSame) {
            throw new CorruptDataException(
                    "page " + child.page, "a page that stands at one place of a tree", "one that stands at two");
        }
        TreePage.requireBehind(child.page, child.firstKey, lane.passed);
        child.owners.add(lane);
    }

    /** Tells the items with the least key, and goes past them. */
    private void tell() {
        byte[] key = requireNonNull(lanes.element().key());
        List<Lane> at = new ArrayList<>();
        while (!lanes.isEmpty()
                && lanes.element().item != null
                && Arrays.equals(lanes.element().key(), key)) {
            at.add(lanes.remove());
        }
        List<Version> versions = new ArrayList<>(1);
        for (Lane lane : at) {
            lane.begin();
            add(versions, requireNonNull(lane.item), lane);
        }
        ready.addAll(versions);
        at.forEach(lane -> pass(lane, key));
    }

    private void add(List<Version> versions, Entry entry, Lane lane) {
        for (Version version : versions) {
            if (version.entry().equals(entry)) {
                version.maps().or(lane.maps());
                return;
            }
        }
        if (wanted.test(entry)) {
            versions.add(new Version(entry, (BitSet) lane.maps().clone()));
        }
    }

    private void pass(Lane lane, byte[] key) {
        lane.index++;
        lane.passed = key;
        if (lane.index < lane.size) {
            look(lane);
            return;
        }
        open.remove(lane.page);
        lane.owners.forEach(owner -> pass(owner, key));
    }
}
