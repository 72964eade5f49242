package dev.cairn.cas;

import java.util.HexFormat;

/** Names one attempt to change a branch, chosen at random by who asks, so that a repeated request gets its first answer. */
public record OperationId(long high, long low) {

    /** Length, in bytes. */
    public static final int BYTES = 16;

    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
}
