package dev.cairn.cas.gc;

/**
 * What becomes of a volume.
 *
 * @param bytes of its file
 * @param bytesWritten of all records that were ever written to it; 0 where it was not worth a look
 * @param bytesLive of those that stay
 */
public record VolumePlan(int number, long bytes, long bytesWritten, long bytesLive, Action action) {

    /** What is done. */
    public enum Action {
        /** It stays: too little of it is dead. */
        KEEP,
        /** Its live records are copied to another one, and it goes. */
        EMPTY,
        /** It goes: nothing in it is live. */
        REMOVE
    }
}
