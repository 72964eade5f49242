package dev.cairn.delta.gap;

import java.util.Arrays;
import java.util.Optional;

/**
 * What of some new bytes stands in a base: copies in the order of the new bytes, with gaps of literal bytes before, between and behind them.
 *
 * <p>Belongs to the {@link GapEncoder} that made it, which makes the next one in the same object. 12 bytes a copy, kept for the next. One
 * thread at a time.
 */
public final class Matches {
    private static final int COPIES_MIN = 1024;
    private static final int LONG_COPY_BYTES = 1024;

    private int[] literal = new int[COPIES_MIN];
    private int[] length = new int[COPIES_MIN];
    private int[] source = new int[COPIES_MIN];
    private int count;
    private int freshFrom;
    private int freshTo;
    private int tail;
    private int baseLength;

    Matches() {}

    void begin(int baseBytes, int from, int to) {
        count = 0;
        baseLength = baseBytes;
        freshFrom = from;
        freshTo = to;
        tail = to - from;
    }

    void add(int literalBytes, int copyBytes, int from) {
        if (count == literal.length) {
            literal = Arrays.copyOf(literal, 2 * count);
            length = Arrays.copyOf(length, 2 * count);
            source = Arrays.copyOf(source, 2 * count);
        }
        literal[count] = literalBytes;
        length[count] = copyBytes;
        source[count] = from;
        count++;
        tail -= literalBytes + copyBytes;
    }

    /** Number of copies. */
    public int copies() {
        return count;
    }

    /** How many of the new bytes are copied. */
    public long copiedBytes() {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += length[i];
        }
        return sum;
    }

    /** The longest stretch of new bytes that is not copied, what is behind the last copy included. */
    public int longestLiteral() {
        int longest = tail;
        for (int i = 0; i < count; i++) {
            longest = Math.max(longest, literal[i]);
        }
        return longest;
    }

    /** Where a copy ends, among the new bytes and in the base. */
    public record CopyEnd(int fresh, int base) {}

    /** Where the last long copy ends, if there is one: short ones come from anywhere, long ones from where the bytes belong. */
    public Optional<CopyEnd> lastLongCopy() {
        int end = freshTo - freshFrom - tail;
        for (int i = count - 1; i >= 0; i--) {
            if (length[i] >= LONG_COPY_BYTES) {
                return Optional.of(new CopyEnd(end, source[i] + length[i]));
            }
            end -= literal[i] + length[i];
        }
        return Optional.empty();
    }

    /**
     * Takes the pieces that no copy reads out of the base: moves the others together, in their order, and the copies with them. Looks
     * twice for the piece that a copy reads: first where the copy before it was, else by a binary search.
     *
     * @param base the base that was matched
     * @param bounds where the pieces begin, ascending from 0, and at the end the length of the base
     * @return for each piece whether it stays
     * @throws IllegalArgumentException if the pieces do not cover the base; then nothing is changed
     */
    public boolean[] takeOutUnused(byte[] base, int[] bounds) {
        boolean[] used = used(bounds);
        int[] moved = new int[used.length];
        int end = 0;
        for (int piece = 0; piece < used.length; piece++) {
            moved[piece] = end - bounds[piece];
            if (used[piece]) {
                int bytes = bounds[piece + 1] - bounds[piece];
                System.arraycopy(base, bounds[piece], base, end, bytes);
                end += bytes;
            }
        }
        int piece = 0;
        for (int i = 0; i < count; i++) {
            piece = piece(bounds, source[i], piece);
            source[i] += moved[piece];
        }
        baseLength = end;
        return used;
    }

    private boolean[] used(int[] bounds) {
        checkBounds(bounds);
        boolean[] used = new boolean[bounds.length - 1];
        int piece = 0;
        for (int i = 0; i < count; i++) {
            piece = piece(bounds, source[i], piece);
            int end = source[i] + length[i];
            for (int read = piece; read < used.length && bounds[read] < end; read++) {
                used[read] = true;
            }
        }
        return used;
    }

    private void checkBounds(int[] bounds) {
        if (bounds.length < 1 || bounds[0] != 0 || bounds[bounds.length - 1] != baseLength) {
            throw new IllegalArgumentException("the pieces must cover the base (%d)".formatted(baseLength));
        }
        for (int i = 1; i < bounds.length; i++) {
            if (bounds[i] < bounds[i - 1]) {
                throw new IllegalArgumentException(
                        "the pieces must ascend, %d follows %d".formatted(bounds[i], bounds[i - 1]));
            }
        }
    }

    /** The piece in which a place stands that is before the end of the base: looked for in {@code near} first. */
    private static int piece(int[] bounds, int at, int near) {
        if (bounds[near] <= at && at < bounds[near + 1]) {
            return near;
        }
        int found = Arrays.binarySearch(bounds, at);
        if (found < 0) {
            return -found - 2;
        }
        while (bounds[found + 1] == at) {
            found++;
        }
        return found;
    }

    int literal(int copy) {
        return literal[copy];
    }

    int length(int copy) {
        return length[copy];
    }

    int source(int copy) {
        return source[copy];
    }

    /** Literal bytes behind the last copy. */
    int tail() {
        return tail;
    }

    int freshFrom() {
        return freshFrom;
    }

    int freshTo() {
        return freshTo;
    }

    int baseLength() {
        return baseLength;
    }
}
