package dev.cairn.cas;

/** Sees every record of a store in disk order, whole or damaged. May throw to stop; the exception reaches the caller. */
public interface RecordVisitor {

    /** Whether a record is to be read at all; asked of each that is of a wanted kind, unless its row is damaged. */
    default boolean isWanted(long sequence) {
        return true;
    }

    /** A record that read back with the digest that was stored. */
    void record(long sequence, SealedRecord record);

    /** A record that did not. The walk goes on with the next one. */
    void damaged(long sequence, CorruptDataException damage);
}
