package dev.cairn.delta.gap;

import java.io.IOException;

/** Says that a payload is not a gap delta, is damaged, or does not belong to this base and this target. */
public final class GapFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    GapFormatException(String reason) {
        super(reason);
    }

    GapFormatException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
