package dev.cairn.cas;

import java.io.IOException;
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

    /** Whether something failed for want of space. Only its text tells: streams and channels of the JDK have no number for it. */
    public static boolean isReasonOf(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        return message.contains("No space left") || message.contains("quota exceeded");
    }

    /** Bytes that were free on that file system when it happened. */
    public long freeBytes() {
        return freeBytes;
    }
}
