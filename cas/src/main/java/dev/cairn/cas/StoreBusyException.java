package dev.cairn.cas;

/** Another process writes, and waiting for it ran out. */
public final class StoreBusyException extends StoreException {

    private static final long serialVersionUID = 1;

    public StoreBusyException(String place, long waitedMillis) {
        super(
                "another process writes to %s; waited %.1f s".formatted(place, waitedMillis / 1000.0),
                "Wait for it to finish, or wait longer with --lock-wait.",
                null);
    }
}
