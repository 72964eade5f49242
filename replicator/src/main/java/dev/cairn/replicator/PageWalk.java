package dev.cairn.replicator;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ProvidedObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The pages and snapshots that some snapshots reach and others do not, children before parents, each once, in an order that
 * depends on the ids alone. Needs no key: it follows the child ids of the clear headers.
 *
 * <p><b>What the others reach</b> is found out level by level, going down on both sides at once and leaving out what both
 * have: equal subtrees are skipped whole, so that the cost follows the difference, not the repository. Pages that stand on
 * another level on the other side may be missed; they are visited although they need not be, which costs bytes, not
 * rightness.
 *
 * <p>Memory: at most {@value #IDS_MAX} ids twice, and one page a level. Beyond that many pages some are visited again. Not
 * thread-safe.
 */
final class PageWalk {

    /** The most ids that each of the two sets holds. */
    private static final int IDS_MAX = 1 << 19;

    /** The deepest path from a snapshot: two maps on top of each other need ten levels at most. */
    private static final int DEPTH_MAX = 64;

    private final StoredObjects objects;
    private final IdSet known;
    private final IdSet knownChunks = new IdSet(IDS_MAX);
    private final IdSet visited = new IdSet(IDS_MAX);
    private final Deque<Frame> path = new ArrayDeque<>();
    private final Iterator<ObjectId> roots;
    private long visitsLeft;

    /**
     * A walk over what {@code want} reaches and {@code have} does not. Ids of {@code have} that the store lacks count for
     * nothing.
     *
     * @param visitsMax the most pages before the walk gives up: what bounds trees that refer to the same page again and again
     */
    PageWalk(StoredObjects objects, List<ObjectId> want, List<ObjectId> have, long visitsMax) {
        this.objects = objects;
        this.roots = want.iterator();
        this.visitsLeft = visitsMax;
        this.known = reached(want, have);
    }

    /** A page or snapshot, after everything below it. */
    record Visit(StoredObjects.Found found) {
        ObjectId id() {
            return found.object().id();
        }

        ProvidedObject object() {
            return found.object();
        }
    }

    private static final class Frame {
        final StoredObjects.Found found;
        int nextChild;

        Frame(StoredObjects.Found found) {
            this.found = found;
        }
    }

    /** The next object, or null after the last. */
    @Nullable
    Visit next() {
        while (true) {
            Frame frame = path.peek();
            if (frame == null) {
                if (!roots.hasNext()) {
                    return null;
                }
                enter(roots.next());
                continue;
            }
            List<ObjectId> children = frame.found.object().nodeChildren();
            if (frame.nextChild < children.size()) {
                enter(children.get(frame.nextChild++));
                continue;
            }
            path.pop();
            return new Visit(frame.found);
        }
    }

    /** Whether the walk left {@code id} out because the other side reaches it. */
    boolean isKnown(ObjectId id) {
        return known.contains(id);
    }

    /** Whether the other side has the chunk {@code id}, as far as was found out: those of pages that the walk replaces are known. */
    boolean isKnownChunk(ObjectId id) {
        return knownChunks.contains(id);
    }

    private void enter(ObjectId id) {
        if (known.contains(id) || !visited.add(id)) {
            return;
        }
        if (path.size() >= DEPTH_MAX) {
            throw new CorruptDataException("page " + id, "a tree of at most " + DEPTH_MAX + " levels", "a deeper one");
        }
        if (visitsLeft-- <= 0) {
            throw new CorruptDataException("page " + id, "a bounded number of pages", "more");
        }
        path.push(new Frame(objects.find(id)));
    }

    private IdSet reached(List<ObjectId> want, List<ObjectId> have) {
        IdSet reached = new IdSet(IDS_MAX);
        IdSet wanted = new IdSet(IDS_MAX);
        List<ObjectId> haveLevel = new ArrayList<>();
        List<ObjectId> wantLevel = new ArrayList<>();
        have.stream().filter(objects::has).filter(reached::add).forEach(haveLevel::add);
        if (haveLevel.isEmpty()) {
            return reached;
        }
        want.forEach(id -> {
            if (wanted.add(id)) {
                wantLevel.add(id);
            }
        });
        for (int depth = 0; depth < DEPTH_MAX && !haveLevel.isEmpty() && !wantLevel.isEmpty(); depth++) {
            List<ObjectId> wantNext = below(wantLevel, reached, wanted);
            List<ObjectId> haveNext = below(haveLevel, wanted, reached);
            for (ObjectId id : haveLevel) {
                if (!wanted.contains(id)) {
                    objects.find(id).object().chunkChildren().forEach(knownChunks::add);
                }
            }
            wantLevel.clear();
            wantLevel.addAll(wantNext);
            haveLevel.clear();
            haveLevel.addAll(haveNext);
        }
        return reached;
    }

    /** The children of those of {@code level} that {@code other} does not contain, each added to {@code own}. */
    private List<ObjectId> below(List<ObjectId> level, IdSet other, IdSet own) {
        List<ObjectId> next = new ArrayList<>();
        Set<ObjectId> distinct = new HashSet<>();
        for (ObjectId id : level) {
            if (other.contains(id)) {
                continue;
            }
            for (ObjectId child : objects.find(id).object().nodeChildren()) {
                if (next.size() < IDS_MAX && distinct.add(child) && own.add(child)) {
                    next.add(child);
                }
            }
        }
        return next;
    }
}
