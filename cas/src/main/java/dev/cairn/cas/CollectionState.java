package dev.cairn.cas;

/**
 * How far a store's collection has come. Durable, so that one that was cut short is gone on with.
 *
 * @param epoch how often ids were condemned; grows by one each time
 * @param boundary the sequence that candidates lie below: what was stored from there on is never condemned by this collection
 * @param scannedTo the sequence up to which records from {@code boundary} on were looked through for what they need
 */
public record CollectionState(Phase phase, long epoch, long boundary, long scannedTo) {

    /** No collection yet. */
    public static final CollectionState START = new CollectionState(Phase.IDLE, 0, 0, 0);

    /** What the ids on the list of condemned ones mean. Codes are part of the format. */
    public enum Phase {
        /** There are none. */
        IDLE(0),
        /** They are being gathered, and mean nothing yet. */
        GATHERING(1),
        /** They are there for sessions that began before, and for all others not. */
        CONDEMNED(2),
        /** They are gone for everybody; their rows are being removed. */
        DELETING(3);

        private final int code;

        Phase(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }
    }

    public CollectionState {
        if (epoch < 0 || boundary < 0 || scannedTo < boundary) {
            throw new IllegalArgumentException(
                    "epoch (%d) and boundary (%d) must not be negative, nor scannedTo (%d) below"
                            .formatted(epoch, boundary, scannedTo));
        }
    }

    /** Whether a session that began in {@code sessionEpoch} must not rely on condemned ids. */
    public boolean hides(long sessionEpoch) {
        return phase == Phase.DELETING || (phase == Phase.CONDEMNED && sessionEpoch >= epoch);
    }

    public CollectionState withPhase(Phase next) {
        return new CollectionState(next, epoch, boundary, scannedTo);
    }

    public CollectionState withScannedTo(long sequence) {
        return new CollectionState(phase, epoch, boundary, Math.max(scannedTo, sequence));
    }
}
