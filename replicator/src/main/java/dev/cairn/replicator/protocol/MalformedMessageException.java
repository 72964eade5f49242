package dev.cairn.replicator.protocol;

import org.jspecify.annotations.Nullable;

/** Bytes from the peer are not a message that the protocol allows there, or are over a limit. */
public final class MalformedMessageException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final boolean tooLarge;

    private MalformedMessageException(String message, boolean tooLarge, @Nullable Throwable cause) {
        super(message, cause);
        this.tooLarge = tooLarge;
    }

    /** Bytes that do not parse, or that say something that is not allowed. */
    public static MalformedMessageException because(String reason) {
        return new MalformedMessageException(reason, false, null);
    }

    /** As {@link #because(String)}, with what found it. */
    public static MalformedMessageException because(String reason, Throwable cause) {
        return new MalformedMessageException(reason, false, cause);
    }

    /** Something is over its limit. */
    public static MalformedMessageException tooLarge(String what, long max, long actual) {
        return new MalformedMessageException(
                "%s: at most %d allowed, got %s".formatted(what, max, Long.toUnsignedString(actual)), true, null);
    }

    /** Whether a limit was crossed, as opposed to bytes that make no sense. */
    public boolean isTooLarge() {
        return tooLarge;
    }
}
