package dev.cairn.delta.rdiff;

import java.io.IOException;

/** Says that a signature or a delta is not one, or is damaged, and where. */
public final class RdiffFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    private final long offset;

    RdiffFormatException(long offset, String reason) {
        super("at byte %d: %s".formatted(offset, reason));
        this.offset = offset;
    }

    /** Offset in the signature or delta of what is wrong, in bytes. */
    public long offset() {
        return offset;
    }
}
