package dev.cairn.cas.repository;

import java.time.Duration;

/**
 * How a replica is opened.
 *
 * @param lockWait how long to wait for another process that writes
 * @param readOnly whether to refuse every change
 * @param networkFileSystem whether a network file system is taken all the same
 * @param replicaName what a replica that is new is called, for people; empty for the host's name
 */
public record OpenOptions(Duration lockWait, boolean readOnly, boolean networkFileSystem, String replicaName) {

    /** Ten seconds of waiting, to be written, local, called as the host is. */
    public static final OpenOptions DEFAULT = new OpenOptions(Duration.ofSeconds(10), false, false, "");

    public OpenOptions {
        if (lockWait.isNegative()) {
            throw new IllegalArgumentException("lockWait (%s) must not be negative".formatted(lockWait));
        }
    }

    /** The same with another wait. */
    public OpenOptions withLockWait(Duration wait) {
        return new OpenOptions(wait, readOnly, networkFileSystem, replicaName);
    }

    /** The same, for reading only or not. */
    public OpenOptions withReadOnly(boolean wanted) {
        return new OpenOptions(lockWait, wanted, networkFileSystem, replicaName);
    }

    /** The same, on a network file system or not. */
    public OpenOptions withNetworkFileSystem(boolean taken) {
        return new OpenOptions(lockWait, readOnly, taken, replicaName);
    }
}
