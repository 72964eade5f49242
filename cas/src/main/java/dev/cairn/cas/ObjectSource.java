package dev.cairn.cas;

/**
 * Where plain objects are read from, by whoever holds the key. The seam between manifests, restore and verification on one
 * side and the store with its sealer on the other.
 */
@FunctionalInterface
public interface ObjectSource {

    /**
     * Reads an object and recomputes its id.
     *
     * @throws CorruptDataException if no provider of {@code id} gives the bytes that it names, or if there is none
     */
    PlainObject read(ObjectId id, ObjectType type);
}
