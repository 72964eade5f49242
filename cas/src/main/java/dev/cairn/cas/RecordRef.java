package dev.cairn.cas;

/**
 * One provider of an object: the record it stands in, by the store's own sequence number, and its place among the objects
 * of that record. Sequences grow in the order of storing, so reading in their order is reading in disk order. Local to one
 * replica.
 */
public record RecordRef(long sequence, int ordinal) {
    public RecordRef {
        if (sequence < 0 || ordinal < 0) {
            throw new IllegalArgumentException(
                    "sequence (%d) and ordinal (%d) must not be negative".formatted(sequence, ordinal));
        }
    }
}
