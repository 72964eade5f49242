package dev.cairn.delta.gap;

/** The numbers of matches as columns: for each of a copy's three numbers one symbol, and the bits that symbols leave out. */
final class SymbolColumns {
    private static final int BITS_BYTES_A_COPY_MAX = (3 * (GapFormat.WIDE_BITS_MAX - 1) + 7) / 8 + 1;

    private byte[] literalLengths = new byte[0];
    private byte[] copyLengths = literalLengths;
    private byte[] offsets = literalLengths;
    private final ByteSink bits = new ByteSink();
    private int count;
    private long waiting;
    private int waitingBits;

    /** Overwrites what is there. */
    void fill(Matches matches) {
        count = matches.copies();
        if (literalLengths.length < count) {
            int room = Math.max(count, 2 * literalLengths.length);
            literalLengths = new byte[room];
            copyLengths = new byte[room];
            offsets = new byte[room];
        }
        bits.clear();
        waiting = 0;
        waitingBits = 0;
        int expected = 0;
        for (int i = 0; i < count; i++) {
            int literal = matches.literal(i);
            int length = matches.length(i);
            int offset = matches.source(i) - expected - literal;
            bits.room(BITS_BYTES_A_COPY_MAX);
            literalLengths[i] = symbol(literal);
            copyLengths[i] = symbol(length - GapFormat.COPY_BYTES_MIN);
            offsets[i] = symbol((offset << 1) ^ (offset >> 31));
            expected = matches.source(i) + length;
        }
        if (waitingBits > 0) {
            bits.put((int) waiting);
        }
    }

    private byte symbol(int number) {
        if (number < GapFormat.SYMBOL_WIDE) {
            return (byte) number;
        }
        int width = Integer.SIZE - Integer.numberOfLeadingZeros(number);
        waiting |= (number & ((1L << (width - 1)) - 1)) << waitingBits;
        waitingBits += width - 1;
        while (waitingBits >= 8) {
            bits.put((int) waiting);
            waiting >>>= 8;
            waitingBits -= 8;
        }
        return (byte) (GapFormat.SYMBOL_WIDE + width - GapFormat.WIDE_BITS_MIN);
    }

    int count() {
        return count;
    }

    byte[] literalLengths() {
        return literalLengths;
    }

    byte[] copyLengths() {
        return copyLengths;
    }

    byte[] offsets() {
        return offsets;
    }

    ByteSink bits() {
        return bits;
    }
}
