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

    /**
     * The body of a chunk as {@link #read} gives it, for whoever only looks at it: no copy is made where that can be saved.
     * What is returned keeps everything from being freed that stands beside it in {@link Bytes#array}.
     */
    default Bytes chunk(ObjectId id) {
        byte[] body = read(id, ObjectType.CHUNK).body();
        return new Bytes(body, 0, body.length);
    }

    /**
     * As {@link #chunk}, but the id need not be recomputed: for whoever verifies what comes of it, or does not care.
     */
    default Bytes unverifiedChunk(ObjectId id) {
        return chunk(id);
    }

    /** A part of an array that belongs to somebody else: do not change it. */
    record Bytes(byte[] array, int offset, int length) {

        /** Whether {@code next} follows right after this in the same array. */
        @SuppressWarnings("ReferenceEquality") // the same array is meant, not an equal one
        public boolean isFollowedBy(Bytes next) {
            return next.array == array && next.offset == offset + length;
        }

        /** This and what {@link #isFollowedBy follows} it. */
        public Bytes with(Bytes next) {
            return new Bytes(array, offset, length + next.length);
        }
    }
}
