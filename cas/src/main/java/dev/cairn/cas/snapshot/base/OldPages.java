package dev.cairn.cas.snapshot.base;

import dev.cairn.cas.ChildSource;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads objects, and remembers the pages that were read last: a capture passes through the old manifest beside the new one,
 * so that the page which a new one replaces is among them.
 *
 * <p>Remembers {@value #PAGES_KEPT} pages of each kind and level. May be used from any thread.
 */
public final class OldPages implements ObjectSource {

    private static final int PAGES_KEPT = 24;
    private static final int KIND_BYTES = 3;
    private static final int CHILDREN_ASKED = 64;

    private final ObjectSource objects;
    /** The children of pages, by kind and level, and by page. */
    private final Map<Integer, Map<ObjectId, List<ObjectId>>> kept = new HashMap<>();

    public OldPages(ObjectSource objects) {
        this.objects = objects;
    }

    @Override
    public PlainObject read(ObjectId id, ObjectType type) {
        PlainObject object = objects.read(id, type);
        if (type == ObjectType.NODE) {
            remember(id, object);
        }
        return object;
    }

    @Override
    public Bytes chunk(ObjectId id) {
        return objects.chunk(id);
    }

    @Override
    public Bytes unverifiedChunk(ObjectId id) {
        return objects.unverifiedChunk(id);
    }

    /** Notes a page that was read from elsewhere, as if it had been read here now. */
    public void remember(ObjectId id, PlainObject object) {
        synchronized (kept) {
            Map<ObjectId, List<ObjectId>> pages =
                    kept.computeIfAbsent(kind(object), kind -> new LinkedHashMap<>(16, 0.75f, false));
            pages.remove(id);
            pages.put(id, ChildSource.of(object));
            if (pages.size() > PAGES_KEPT) {
                pages.remove(pages.keySet().iterator().next());
            }
        }
    }

    /**
     * The page that {@code page} replaces, as far as one can tell: of the same kind and level, the one that shares most
     * children with it or, if none does, the one that was read last. Null if there is none.
     *
     * @param list the older version of the file whose list {@code page} may belong to
     */
    public @Nullable ObjectId replacedBy(PlainObject page, @Nullable OldVersion list) {
        List<ObjectId> children = ChildSource.of(page);
        ObjectId listed = list == null || page.chunkChildren().isEmpty() ? null : replacedInList(children, list);
        if (listed != null) {
            return listed;
        }
        synchronized (kept) {
            Map<ObjectId, List<ObjectId>> pages = kept.getOrDefault(kind(page), Map.of());
            Set<ObjectId> asked = new HashSet<>(sample(children));
            ObjectId best = null;
            long bestShared = -1;
            for (Map.Entry<ObjectId, List<ObjectId>> candidate : pages.entrySet()) {
                long shared =
                        candidate.getValue().stream().filter(asked::contains).count();
                if (shared >= bestShared) {
                    best = candidate.getKey();
                    bestShared = shared;
                }
            }
            return best;
        }
    }

    private static @Nullable ObjectId replacedInList(List<ObjectId> children, OldVersion list) {
        Map<ObjectId, Integer> votes = new LinkedHashMap<>();
        for (ObjectId child : sample(children)) {
            ObjectId page = list.pageOf(child);
            if (page != null) {
                votes.merge(page, 1, Integer::sum);
            }
        }
        return votes.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(null);
    }

    private static List<ObjectId> sample(List<ObjectId> children) {
        int step = children.size() / CHILDREN_ASKED + 1;
        List<ObjectId> sample = new ArrayList<>();
        for (int i = 0; i < children.size(); i += step) {
            sample.add(children.get(i));
        }
        return sample;
    }

    /** Kind and level, which stand at the beginning of a page's body. */
    private static int kind(PlainObject object) {
        byte[] body = object.body();
        return body.length < KIND_BYTES ? 0 : ((body[1] & 0xff) << 8) | (body[2] & 0xff);
    }
}
