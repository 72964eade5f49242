package dev.cairn.replicator.protocol;

import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.RecordHeader;

/**
 * How much one side sends at once: the server's wish, capped by what this version knows. Both sides keep to it, and each
 * checks the other.
 *
 * @param frameBytes the longest frame of a body, its length prefix not counted
 * @param batchBytes the most bytes of records in a batch
 * @param batchRecords the most records in a batch
 * @param ids the most ids in a request
 * @param requestsInFlight the most requests of one connection under way at once
 * @param retained the most retained snapshots that a move names
 */
public record ProtocolLimits(
        int frameBytes, int batchBytes, int batchRecords, int ids, int requestsInFlight, int retained) {

    /** The most ids that the headers of one batch may refer to by their places in pages: what they take of memory when spelt out. */
    public static final int BATCH_IDS_REFERRED_MAX = 1 << 20;

    /** What a message around a record, or around ids, adds at most. */
    public static final int FRAME_OVERHEAD_BYTES = 64 << 10;

    /** The longest frame before {@code hello} told the limits. */
    public static final int GREETING_FRAME_BYTES_MAX = 64 << 10;

    /** The most snapshots to retain that a move names which comes with a batch: 32 KiB. */
    public static final int BATCH_RETAINED_MAX = 1024;

    /** The longest question about a repository's state; beyond it the client asks for {@code info}. */
    public static final int STATE_BYTES_MAX = 64 << 10;

    /** The most branches that {@code info} lists. */
    public static final int BRANCHES_MAX = 4096;

    /** The most ids that a problem names. */
    public static final int PROBLEM_IDS_MAX = 4096;

    /** The most features that a {@code hello} names, and the longest name of one. */
    public static final int FEATURES_MAX = 64;

    /** The longest text from a peer that is shown to a person, in characters. */
    public static final int TEXT_CHARS_MAX = 1024;

    /** The most snapshots in one frame of the list of snapshots. */
    public static final int SNAPSHOTS_PER_FRAME_MAX = 256;

    /** The most notes in one request; those of one frame of an answer are fewer. */
    public static final int NOTES_PER_REQUEST_MAX = ObjectStore.NOTES_MAX;

    /** The most digests of notes in one request. */
    public static final int NOTE_DIGESTS_MAX = 4096;

    /** What a server says, and the most that a client takes. */
    public static final ProtocolLimits DEFAULT = new ProtocolLimits(
            RecordHeader.RECORD_BYTES_MAX + FRAME_OVERHEAD_BYTES,
            RecordHeader.RECORD_BYTES_MAX,
            4096,
            16_384,
            16,
            16_384);

    public ProtocolLimits {
        requireBetween(FRAME_OVERHEAD_BYTES, 64 << 20, frameBytes, "frameBytes");
        requireBetween(1, 64 << 20, batchBytes, "batchBytes");
        requireBetween(1, 1 << 20, batchRecords, "batchRecords");
        requireBetween(1, 1 << 20, ids, "ids");
        requireBetween(1, 1024, requestsInFlight, "requestsInFlight");
        requireBetween(1, 1 << 20, retained, "retained");
    }

    /** The smaller of both, limit by limit. */
    public ProtocolLimits atMost(ProtocolLimits other) {
        return new ProtocolLimits(
                Math.min(frameBytes, other.frameBytes),
                Math.min(batchBytes, other.batchBytes),
                Math.min(batchRecords, other.batchRecords),
                Math.min(ids, other.ids),
                Math.min(requestsInFlight, other.requestsInFlight),
                Math.min(retained, other.retained));
    }

    /**
     * The longest body of a request on {@code route}, frames with their prefixes: what a server reads at most before it
     * answers {@link ProblemCode#TOO_LARGE}.
     */
    public long bodyBytes(Route route) {
        return switch (route) {
            case INFO, SNAPSHOTS -> 0;
            case BATCH -> (long) batchBytes + FRAME_OVERHEAD_BYTES + 64L * batchRecords;
            case STATE -> STATE_BYTES_MAX;
            case CREATE, CONFIGURATION, MISSING, MOVE, DIFF, FETCH, NOTES, ANNOTATE -> frameBytes + 5L;
        };
    }

    private static void requireBetween(int min, int max, int actual, String what) {
        if (actual < min || actual > max) {
            throw new IllegalArgumentException("%s (%d) must be in %d..%d".formatted(what, actual, min, max));
        }
    }
}
