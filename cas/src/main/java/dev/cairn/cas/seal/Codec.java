package dev.cairn.cas.seal;

import org.jspecify.annotations.Nullable;

/** How a record's payload is compressed. Codes are part of the format and are never reused. */
enum Codec {
    /** Not at all. */
    RAW(0),
    /** One Zstandard frame (RFC 8878), without a dictionary. */
    ZSTD(1),
    /** One LZ4 block, without a frame. */
    LZ4(2),
    /** A gap delta of the record's bases ({@code dev.cairn.delta.gap}); in deltas only. */
    GAP(3);

    private final int code;

    Codec(int code) {
        this.code = code;
    }

    /** The byte that stands for this codec inside a record. */
    int code() {
        return code;
    }

    /** The codec of that code, null if there is none. */
    static @Nullable Codec of(int code) {
        for (Codec codec : values()) {
            if (codec.code == code) {
                return codec;
            }
        }
        return null;
    }
}
