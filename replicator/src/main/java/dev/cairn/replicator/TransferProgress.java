package dev.cairn.replicator;

/** Where a session tells how far it is, for a person who waits. Called often, on the session's thread; must be quick. */
public interface TransferProgress {

    /** Nobody listens. */
    TransferProgress NONE = new TransferProgress() {
        @Override
        public void phase(String branch, Phase phase) {}

        @Override
        public void transferred(long records, long recordBytes) {}

        @Override
        public void listed(long pages) {}
    };

    /** What a session does at the moment. */
    enum Phase {
        /** Finds out what the other side has. */
        COMPARING,
        /** Sends or fetches records. */
        TRANSFERRING,
        /** Moves the branch. */
        MOVING
    }

    /** A phase begins. */
    void phase(String branch, Phase phase);

    /** Records that were acknowledged, or that came, since the session began. */
    void transferred(long records, long recordBytes);

    /** Pages that were looked at since the session began. */
    void listed(long pages);

    /** How many bytes of records there are likely to be in all, as far as that can be told by now. It may grow and shrink. */
    default void expected(long recordBytes) {}
}
