package dev.cairn.cas;

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
        if (object.chunkChildren().isEmpty()) {
            return object.nodeChildren();
        }
        if (object.nodeChildren().isEmpty()) {
            return object.chunkChildren();
        }
        List<ObjectId> all = new java.util.ArrayList<>(object.nodeChildren());
        all.addAll(object.chunkChildren());
        return all;
    }
}
