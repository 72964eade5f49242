package dev.cairn.cas;

import org.jspecify.annotations.Nullable;

/** The disk, the map or a quota is full. What was acknowledged before stays. */
public final class StoreFullException extends StoreException {

    private static final long serialVersionUID = 1;

    private final long freeBytes;

    public StoreFullException(String place, long freeBytes, @Nullable Throwable cause) {
        super(
                "no space left in " + place + " (" + freeBytes + " bytes free)",
                "Free some space and run the command again; it goes on from what is stored.",
                cause);
        this.freeBytes = freeBytes;
    }

    /** Bytes that were free on that file system when it happened. */
    public long freeBytes() {
        return freeBytes;
    }
}
