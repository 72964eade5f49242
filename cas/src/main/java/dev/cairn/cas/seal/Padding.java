package dev.cairn.cas.seal;

/**
 * PADMÉ: sizes are rounded up so that only the top {@code log2(log2(size))} bits below the leading one may be set. A size
 * then tells O(log log size) bits of the true one, for at most 12 % more and 1 to 2 % for what is stored here.
 *
 * <p>Algorithm: Nikitin and others, "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", 2019.
 */
final class Padding {

    private Padding() {}

    /** The smallest PADMÉ size that is at least {@code bytes}, which is positive and at most 2^30. */
    static int padded(int bytes) {
        if (bytes < 1 || bytes > 1 << 30) {
            throw new IllegalArgumentException("bytes (%d) must be within 1..2^30".formatted(bytes));
        }
        if (bytes == 1) {
            return 1;
        }
        int exponent = 31 - Integer.numberOfLeadingZeros(bytes);
        int mantissaBits = 32 - Integer.numberOfLeadingZeros(exponent);
        int mask = (1 << (exponent - mantissaBits)) - 1;
        return (bytes + mask) & ~mask;
    }
}
