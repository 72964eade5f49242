package dev.cairn.cas;

/** Something was written by a version of Cairn that this one cannot read. */
public final class VersionMismatchException extends StoreException {

    private static final long serialVersionUID = 1;

    public VersionMismatchException(String what, int supported, int found) {
        super(
                "%s has version %d; this Cairn reads up to version %d".formatted(what, found, supported),
                "Upgrade Cairn on this machine.",
                null);
    }

    public VersionMismatchException(String message, String hint) {
        super(message, hint, null);
    }
}
