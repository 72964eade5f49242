package dev.cairn.delta.gap;

import java.util.Objects;

/**
 * Rebuilds new bytes from a base and a gap delta.
 *
 * <p>Whatever the payload says, nothing outside the given ranges is read or written, and no more is allocated than three times the length of
 * the target. It is not authenticated: a payload that was changed may well give other bytes, of the same length.
 *
 * <p>One thread at a time. Keeps what it allocated for the next call.
 */
public final class GapDecoder implements AutoCloseable {
    private final PayloadReader reader = new PayloadReader();

    private byte[] literalLengths = new byte[0];
    private byte[] copyLengths = literalLengths;
    private byte[] offsets = literalLengths;
    private byte[] literals = literalLengths;
    private byte[] differences = literalLengths;
    private int copies;
    private int literalBytes;
    private int differenceBytes;

    private byte[] bits = literalLengths;
    private int bitsAt;
    private int bitsEnd;
    private long waiting;
    private int waitingBits;

    /** Makes a decoder that has allocated next to nothing yet. */
    public GapDecoder() {}

    /**
     * Fills the first {@code targetLength} bytes of {@code target}.
     *
     * @param payload holds the payload from {@code from} to {@code to}
     * @param base the base that the payload was made for, {@code baseLength} bytes; must not be the target
     * @throws GapFormatException if the payload is none, is damaged, or asks for another base or another length; the target then holds
     *     anything
     * @throws IllegalArgumentException if base or target are longer than {@link GapEncoder} takes
     */
    public void decode(byte[] payload, int from, int to, byte[] base, int baseLength, byte[] target, int targetLength)
            throws GapFormatException {
        Objects.checkFromToIndex(from, to, payload.length);
        GapFormat.checkBase(base, baseLength);
        if (targetLength < 0 || targetLength > target.length || targetLength > GapEncoder.FRESH_BYTES_MAX) {
            throw new IllegalArgumentException("the target (%d) must be within 0..%d bytes of an array of %d"
                    .formatted(targetLength, GapEncoder.FRESH_BYTES_MAX, target.length));
        }
        reader.begin(payload, from, to, base, baseLength);
        try {
            readColumns(targetLength);
            if (reader.left() > 0) {
                throw new GapFormatException("%d bytes follow the payload".formatted(reader.left()));
            }
            build(base, baseLength, target, targetLength);
        } finally {
            reader.finish();
            bits = new byte[0];
        }
    }

    private void readColumns(int targetLength) throws GapFormatException {
        int head = reader.readByte();
        if (head >>> 4 != GapFormat.VERSION) {
            throw new GapFormatException("version %d of gap deltas".formatted(head >>> 4));
        }
        int flags = head & 0xF;
        if ((flags & ~GapFormat.FLAG_DIFFERENCES) != 0) {
            throw new GapFormatException("unknown flags %x".formatted(flags));
        }
        copies = reader.readLeb128("number of copies", targetLength / GapFormat.COPY_BYTES_MIN);
        literalBytes = reader.readLeb128("number of literals", targetLength);
        differenceBytes = flags == 0 ? 0 : reader.readLeb128("number of differences", targetLength - literalBytes);
        if (flags != 0 && differenceBytes == 0) {
            throw new GapFormatException("differences are announced and there are none");
        }
        bitsEnd = reader.readLeb128("number of bytes of bits", reader.left());
        makeRoom();
        if (copies > 0) {
            reader.readFrame("literal lengths", literalLengths, 0, copies, false);
            reader.readFrame("copy lengths", copyLengths, 0, copies, false);
            reader.readFrame("offsets", offsets, 0, copies, false);
        }
        beginBits();
        if (differenceBytes > 0) {
            reader.readFrame("differences", differences, 0, differenceBytes, false);
        }
        for (int at = 0; at < literalBytes; at += GapFormat.LITERAL_FRAME_BYTES) {
            reader.readFrame(
                    "literals", literals, at, Math.min(literalBytes - at, GapFormat.LITERAL_FRAME_BYTES), true);
        }
    }

    private void makeRoom() {
        if (literalLengths.length < copies) {
            literalLengths = new byte[copies];
            copyLengths = new byte[copies];
            offsets = new byte[copies];
        }
        if (literals.length < literalBytes) {
            literals = new byte[literalBytes];
        }
        if (differences.length < differenceBytes) {
            differences = new byte[differenceBytes];
        }
    }

    private void beginBits() throws GapFormatException {
        int length = bitsEnd;
        bitsAt = reader.skip("bits", length);
        bitsEnd = bitsAt + length;
        bits = reader.bytes();
        waiting = 0;
        waitingBits = 0;
    }

    private void build(byte[] base, int baseLength, byte[] target, int targetLength) throws GapFormatException {
        int at = 0;
        int literal = 0;
        int difference = 0;
        int expected = 0;
        for (int i = 0; i < copies; i++) {
            int gap = number(literalLengths[i]);
            int length = number(copyLengths[i]) + GapFormat.COPY_BYTES_MIN;
            int zigzag = number(offsets[i]);
            int offset = (zigzag >>> 1) ^ -(zigzag & 1);
            int source = expected + gap + offset;
            if (gap + length > targetLength - at || source < 0 || source > baseLength - length) {
                throw new GapFormatException("copy %d: %d bytes behind a gap of %d at %d of %d, from %d of a base of %d"
                        .formatted(i, length, gap, at, targetLength, source, baseLength));
            }
            if (differenceBytes > 0 && GapFormat.isDifferenceGap(gap, offset)) {
                if (gap > differenceBytes - difference) {
                    throw new GapFormatException("copy %d: too few differences".formatted(i));
                }
                for (int k = 0; k < gap; k++) {
                    target[at + k] = (byte) (base[expected + k] + differences[difference + k]);
                }
                difference += gap;
            } else {
                if (gap > literalBytes - literal) {
                    throw new GapFormatException("copy %d: too few literals".formatted(i));
                }
                System.arraycopy(literals, literal, target, at, gap);
                literal += gap;
            }
            at += gap;
            System.arraycopy(base, source, target, at, length);
            at += length;
            expected = source + length;
        }
        finish(target, at, targetLength, literal, difference);
    }

    private void finish(byte[] target, int at, int targetLength, int literal, int difference)
            throws GapFormatException {
        if (literalBytes - literal != targetLength - at) {
            throw new GapFormatException(
                    "%d literals are left for %d bytes".formatted(literalBytes - literal, targetLength - at));
        }
        if (difference != differenceBytes) {
            throw new GapFormatException("%d differences are left".formatted(differenceBytes - difference));
        }
        if (bitsAt < bitsEnd || waiting != 0) {
            throw new GapFormatException("bits are left");
        }
        System.arraycopy(literals, literal, target, at, targetLength - at);
    }

    /** The number of a symbol, with the bits that it takes. */
    private int number(byte symbolByte) throws GapFormatException {
        int symbol = symbolByte & 0xFF;
        if (symbol < GapFormat.SYMBOL_WIDE) {
            return symbol;
        }
        int width = symbol - GapFormat.SYMBOL_WIDE + GapFormat.WIDE_BITS_MIN;
        if (width > GapFormat.WIDE_BITS_MAX) {
            throw new GapFormatException("symbol %d stands for nothing".formatted(symbol));
        }
        int missing = width - 1;
        while (waitingBits < missing) {
            if (bitsAt == bitsEnd) {
                throw new GapFormatException("too few bits");
            }
            waiting |= (bits[bitsAt++] & 0xFFL) << waitingBits;
            waitingBits += 8;
        }
        int low = (int) (waiting & ((1L << missing) - 1));
        waiting >>>= missing;
        waitingBits -= missing;
        return (1 << missing) | low;
    }

    @Override
    public void close() {
        reader.close();
    }
}
