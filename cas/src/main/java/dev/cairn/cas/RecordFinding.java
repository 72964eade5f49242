package dev.cairn.cas;

/**
 * What somebody found who looked at a record of a replica: a scrub, which needs no key, or a verification, which has one.
 *
 * @param sequence the record, by the store's own number
 */
public record RecordFinding(long sequence, State state) {

    /** How it is. */
    public enum State {
        /** Its bytes have the digest that was stored. */
        READS,
        /** That, and it opens with the key and is what its ids name. */
        OPENS,
        /** It is not there, or its bytes have another digest. */
        ALTERED,
        /** Its bytes are those that were stored, and they do not open with the key, or are not what its ids name. */
        UNUSABLE;

        /** Whether nobody should rely on the record. */
        public boolean isDamage() {
            return this == ALTERED || this == UNUSABLE;
        }

        /** Whether who found this may take {@code before} back: without the key nobody can say that a record opens. */
        public boolean settles(State before) {
            return this == OPENS || (this == READS && before == ALTERED);
        }
    }

    public RecordFinding {
        if (sequence < 0) {
            throw new IllegalArgumentException("sequence (%d) must not be negative".formatted(sequence));
        }
    }
}
