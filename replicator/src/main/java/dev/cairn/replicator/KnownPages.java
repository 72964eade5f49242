package dev.cairn.replicator;

import dev.cairn.cas.ChildSource;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The children of stored pages for the headers of one batch, which refer to the same pages again and again. Counts what it
 * reads: whoever makes up headers can have much read by few bytes.
 *
 * <p>Memory: the children of {@value #PAGES_MAX} pages. Not thread-safe.
 */
final class KnownPages implements ChildSource {

    private static final int PAGES_MAX = 8;

    /** What reading a page counts at least. */
    private static final int READ_IDS_MIN = 64;

    private final ObjectStore store;
    private final Map<ObjectId, List<ObjectId>> kept = new LinkedHashMap<>(16, 0.75f, true);
    private long idsRead;

    KnownPages(ObjectStore store) {
        this.store = store;
    }

    @Override
    public List<ObjectId> children(ObjectId page) {
        List<ObjectId> known = kept.get(page);
        if (known != null) {
            return known;
        }
        List<ObjectId> read = store.children(page);
        idsRead += READ_IDS_MIN + read.size();
        kept.put(page, read);
        if (kept.size() > PAGES_MAX) {
            kept.remove(kept.keySet().iterator().next());
        }
        return read;
    }

    /** How many ids were read so far. */
    long idsRead() {
        return idsRead;
    }
}
