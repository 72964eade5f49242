package dev.cairn.delta.gap;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdDictContentType;
import com.github.luben.zstd.ZstdException;
import java.util.Arrays;

/** Reads the parts of a payload in their order, none beyond its end. One thread at a time. */
final class PayloadReader implements AutoCloseable {
    private static final int LEB128_BYTES_MAX = 4;

    private final ZstdDecompressCtx alone = new ZstdDecompressCtx().setMagicless(true);
    private final ZstdDecompressCtx withBase = new ZstdDecompressCtx().setMagicless(true);

    private byte[] payload = new byte[0];
    private int at;
    private int end;
    private byte[] base = payload;
    private int baseLength;
    private boolean baseLoaded;

    void begin(byte[] bytes, int from, int to, byte[] oldBytes, int oldLength) {
        payload = bytes;
        at = from;
        end = to;
        base = oldBytes;
        baseLength = oldLength;
        baseLoaded = false;
    }

    /** Lets go of the arrays of {@link #begin}. */
    void finish() {
        payload = new byte[0];
        base = payload;
    }

    /** The array of {@link #begin}, into which {@link #skip} points. */
    byte[] bytes() {
        return payload;
    }

    int left() {
        return end - at;
    }

    int readByte() throws GapFormatException {
        if (at == end) {
            throw new GapFormatException("the payload ends too early");
        }
        return payload[at++] & 0xFF;
    }

    /** A number in its shortest form, from 0 to {@code max}. */
    int readLeb128(String what, int max) throws GapFormatException {
        int value = 0;
        for (int i = 0; i < LEB128_BYTES_MAX; i++) {
            int part = readByte();
            value |= (part & 0x7F) << (7 * i);
            if (part < 0x80) {
                if (part == 0 && i > 0) {
                    throw new GapFormatException(what + " is not in its shortest form");
                }
                if (value > max) {
                    throw new GapFormatException("%s (%d) must be at most %d".formatted(what, value, max));
                }
                return value;
            }
        }
        throw new GapFormatException(what + " has more than %d bytes".formatted(LEB128_BYTES_MAX));
    }

    /** Passes over so many bytes and gives the place in the payload's array where they begin. */
    int skip(String what, int length) throws GapFormatException {
        if (length > left()) {
            throw new GapFormatException("%s: %d bytes, %d are left".formatted(what, length, left()));
        }
        at += length;
        return at - length;
    }

    /** Reads a frame that holds exactly {@code length} bytes. */
    void readFrame(String what, byte[] target, int targetFrom, int length, boolean baseAllowed)
            throws GapFormatException {
        int coding = readByte();
        switch (coding) {
            case GapFormat.FRAME_RAW -> System.arraycopy(payload, skip(what, length), target, targetFrom, length);
            case GapFormat.FRAME_ZSTD -> unpack(alone, what, target, targetFrom, length);
            case GapFormat.FRAME_ZSTD_BASE -> {
                if (!baseAllowed) {
                    throw new GapFormatException(what + ": a dictionary where none may be");
                }
                unpack(withBase(), what, target, targetFrom, length);
            }
            default -> throw new GapFormatException("%s: unknown coding %d".formatted(what, coding));
        }
    }

    private ZstdDecompressCtx withBase() {
        if (!baseLoaded) {
            withBase.loadDict(
                    Arrays.copyOf(base, Math.min(baseLength, GapFormat.DICTIONARY_BYTES_MAX)),
                    ZstdDictContentType.RAW_CONTENT);
            baseLoaded = true;
        }
        return withBase;
    }

    private void unpack(ZstdDecompressCtx context, String what, byte[] target, int targetFrom, int length)
            throws GapFormatException {
        int packed = readLeb128("length of " + what, left());
        int from = skip(what, packed);
        int unpacked;
        try {
            unpacked = context.decompressByteArray(target, targetFrom, length, payload, from, packed);
        } catch (ZstdException e) {
            throw new GapFormatException(
                    "%s: not a zstd frame of %d bytes: %s".formatted(what, length, e.getMessage()), e);
        }
        if (unpacked != length) {
            throw new GapFormatException(
                    "%s: a zstd frame of %d bytes instead of %d".formatted(what, unpacked, length));
        }
    }

    @Override
    public void close() {
        alone.close();
        withBase.close();
    }
}
