package dev.cairn.delta;

/**
 * The polynomial checksum of librsync's newer signatures, modulo 2^32: it starts at 1, and each byte multiplies it by {@value
 * #MULTIPLIER} and is added.
 *
 * <p>After Karp and Rabin, "Efficient randomized pattern-matching algorithms", 1987.
 */
public final class RabinKarp implements RollingChecksum {
    /** The base of the polynomial. */
    public static final int MULTIPLIER = 0x08104225;

    /** The value of the empty window, so that leading zeros count. */
    public static final int SEED = 1;

    private static final int POWER_2 = power(2);
    private static final int POWER_3 = power(3);
    private static final int POWER_4 = power(4);
    /** Modulo 2^32 the inverse of {@link #MULTIPLIER}, which is odd. */
    private static final int INVERSE = inverse(MULTIPLIER);

    private int hash = SEED;
    /** {@link #MULTIPLIER} to the power of the window's length. */
    private int power = 1;

    private long length;

    private static int inverse(int odd) {
        // Newton's iteration: every round doubles the number of right low bits, of which an odd number starts with
        // three.
        int inverse = odd;
        for (int bits = 3; bits < Integer.SIZE; bits *= 2) {
            inverse *= 2 - odd * inverse;
        }
        return inverse;
    }

    /** {@link #MULTIPLIER} to the power of {@code exponent}, modulo 2^32. */
    public static int power(long exponent) {
        int result = 1;
        int square = MULTIPLIER;
        for (long rest = exponent; rest != 0; rest >>>= 1) {
            if ((rest & 1) != 0) {
                result *= square;
            }
            square *= square;
        }
        return result;
    }

    @Override
    public void reset() {
        hash = SEED;
        power = 1;
        length = 0;
    }

    @Override
    public void append(byte[] bytes, int offset, int count) {
        int sum = hash;
        int end = offset + count;
        int i = offset;
        for (; i <= end - 4; i += 4) {
            sum = sum * POWER_4
                    + (bytes[i] & 0xFF) * POWER_3
                    + (bytes[i + 1] & 0xFF) * POWER_2
                    + (bytes[i + 2] & 0xFF) * MULTIPLIER
                    + (bytes[i + 3] & 0xFF);
        }
        for (; i < end; i++) {
            sum = sum * MULTIPLIER + (bytes[i] & 0xFF);
        }
        hash = sum;
        power *= power(count);
        length += count;
    }

    @Override
    public void rollIn(byte in) {
        hash = hash * MULTIPLIER + (in & 0xFF);
        power *= MULTIPLIER;
        length++;
    }

    @Override
    public void rollOut(byte out) {
        if (length == 0) {
            throw new IllegalStateException("the window is empty");
        }
        power *= INVERSE;
        hash -= power * ((out & 0xFF) + MULTIPLIER - SEED);
        length--;
    }

    @Override
    public void roll(byte out, byte in) {
        if (length == 0) {
            throw new IllegalStateException("the window is empty");
        }
        hash = hash * MULTIPLIER + (in & 0xFF) - power * ((out & 0xFF) + MULTIPLIER - SEED);
    }

    @Override
    public int value() {
        return hash;
    }

    @Override
    public long length() {
        return length;
    }
}
