package dev.cairn.cas.gc;

import dev.cairn.cas.Collectable;
import dev.cairn.cas.Collectable.Providing;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RecordKind;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Finds out what is reachable from roots, by clear headers alone.
 *
 * <p>Two rounds: first the children of snapshots and pages, by every provider of each; then what the deltas among the providers of
 * all that build on, with the children of the pages among it. What only the second finds is <em>kept as a base</em>.
 *
 * <p>Memory: the children of one page a level, and the bases of one delta a level. The marks themselves are in a {@link
 * Collectable.Scratch}. Cost: the records of pages are read once, those of deltas once, a run never. Not thread-safe.
 */
final class Marking {

    /** What {@link #mark} gives of an object that nothing reaches. */
    static final int DEAD = 0;

    /** Reached by children. */
    static final int LIVE = 1;

    /** Reached only as what a delta builds on. */
    static final int BASE = 2;

    private static final byte FOLLOWED = 'f';

    private final Collectable store;
    private final Collectable.Scratch marks;
    private final Deque<ObjectId> open = new ArrayDeque<>();
    private final CollectionProgress progress;
    private final Runnable check;
    private final ProviderHeaders headers;

    /** @param check throws when it is time to stop */
    Marking(Collectable store, Collectable.Scratch marks, CollectionProgress progress, Runnable check) {
        this.store = store;
        this.marks = marks;
        this.check = check;
        this.progress = progress;
        this.headers = new ProviderHeaders(store);
    }

    /**
     * Marks what {@code roots} reach.
     *
     * @throws CorruptDataException if a header that is needed for that cannot be read: then nothing is known to be dead
     */
    void run(List<ObjectId> roots) {
        for (ObjectId root : roots) {
            reach(root, LIVE);
            while (!open.isEmpty()) {
                children(open.pop(), LIVE);
            }
        }
        store.forEachObject((id, providers) -> {
            if (mark(id) != DEAD
                    && providers.stream().anyMatch(provider -> provider.kind().isDelta())) {
                bases(id, providers);
                while (!open.isEmpty()) {
                    ObjectId base = open.pop();
                    children(base, BASE);
                    List<Providing> below = store.providers(base);
                    if (below != null) {
                        bases(base, below);
                    }
                }
            }
        });
    }

    /** How {@code id} was reached. */
    int mark(ObjectId id) {
        return marks.get(id.bytes());
    }

    private void reach(ObjectId id, int how) {
        byte[] key = id.bytes();
        if (marks.get(key) == DEAD) {
            marks.put(key, how);
            progress.marked();
            open.push(id);
        }
    }

    /** A chunk has no children: it need not be looked at again in the first round. */
    private void reachChunk(ObjectId id, int how) {
        if (how == BASE) {
            reach(id, how);
            return;
        }
        byte[] key = id.bytes();
        if (marks.get(key) == DEAD) {
            marks.put(key, how);
            progress.marked();
        }
    }

    /** Reaches the children of a page or snapshot, by each of its providers. */
    private void children(ObjectId id, int how) {
        check.run();
        List<Providing> providers = store.providers(id);
        if (providers == null) {
            throw new CorruptDataException("object " + id, "a row in the index", "none");
        }
        for (ProviderHeaders.Found found : headers.of(id, providers, provider -> hasChildren(provider.kind()))) {
            found.object().nodeChildren().forEach(child -> reach(child, how));
            found.object().chunkChildren().forEach(child -> reachChunk(child, how));
        }
    }

    private static boolean hasChildren(RecordKind kind) {
        return switch (kind) {
            case RUN, DELTA -> false;
            case PAGE, PAGE_DELTA, SNAPSHOT -> true;
        };
    }

    /** Reaches what the deltas among the providers of an object build on; each delta once. */
    private void bases(ObjectId id, List<Providing> providers) {
        List<ProviderHeaders.Found> deltas = headers.of(
                id,
                providers,
                provider -> provider.kind().isDelta() && marks.get(followedKey(provider.sequence())) == 0);
        for (ProviderHeaders.Found found : deltas) {
            marks.put(followedKey(found.sequence()), 1);
            found.header().bases().forEach(base -> reach(base, BASE));
            found.header().pages().forEach(page -> reach(page, BASE));
        }
    }

    private static byte[] followedKey(long sequence) {
        return ByteBuffer.allocate(9).put(FOLLOWED).putLong(sequence).array();
    }
}
