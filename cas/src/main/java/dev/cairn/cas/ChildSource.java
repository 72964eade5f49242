package dev.cairn.cas;

import java.util.ArrayList;
import java.util.List;

/**
 * Knows the children of pages: what headers that name ids by their place in a page are spelt out with. Needs no key, since
 * children stand in clear headers.
 */
@FunctionalInterface
public interface ChildSource {

    /** Knows no page: for records that refer to none. */
    ChildSource NONE = page -> {
        throw new MissingObjectsException(List.of(page));
    };

    /**
     * The node children of a page, and behind them its chunk children.
     *
     * @throws MissingObjectsException if the page is not known
     * @throws CorruptDataException if its record cannot be read
     */
    List<ObjectId> children(ObjectId page);

    /** The children of one object, in that order. */
    static List<ObjectId> of(ProvidedObject object) {
        return joined(object.nodeChildren(), object.chunkChildren());
    }

    /** As {@link #of(ProvidedObject)}. */
    static List<ObjectId> of(PlainObject object) {
        return joined(object.nodeChildren(), object.chunkChildren());
    }

    private static List<ObjectId> joined(List<ObjectId> nodes, List<ObjectId> chunks) {
        if (chunks.isEmpty()) {
            return nodes;
        }
        if (nodes.isEmpty()) {
            return chunks;
        }
        List<ObjectId> all = new ArrayList<>(nodes);
        all.addAll(chunks);
        return all;
    }
}
