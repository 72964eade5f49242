package dev.cairn.chunker;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The sizes and masks that a stream is cut by; part of a repository's configuration, because another profile means other chunks.
 *
 * <p>A chunk ends at the first length from {@code minBytes} at which the top {@code strictBits} of the hash are zero; from {@code
 * switchBytes} on the top {@code looseBits} suffice; at {@code maxBytes} it ends whatever the hash. Only the last chunk of a stream may
 * be shorter than {@code minBytes}.
 *
 * @param minBytes the shortest length tested, at least {@value CutFinder#WINDOW_BYTES}
 * @param avgBytes the mean length aimed at, a power of two for {@linkplain #normalised normalised} profiles
 * @param maxBytes the longest chunk, at most {@value #BYTES_LIMIT}
 * @param wholeFileBytesMax a file of up to this many bytes is one chunk, whatever it holds; at most {@code maxBytes}
 * @param switchBytes the first length at which the loose mask holds
 * @param strictBits leading zero bits asked of the hash below {@code switchBytes}; not fewer than {@code looseBits}
 * @param looseBits leading zero bits asked of the hash from {@code switchBytes} on
 */
public record ChunkProfile(
        int minBytes,
        int avgBytes,
        int maxBytes,
        int wholeFileBytesMax,
        int switchBytes,
        int strictBits,
        int looseBits) {

    /** The longest chunk any profile may ask for: a record is limited to 8 MiB, and noise does not shrink. */
    public static final int BYTES_LIMIT = 4 << 20;

    /** The profile of new repositories: 16, 64 and 256 KiB. */
    public static final ChunkProfile DEFAULT = normalised(16 << 10, 64 << 10, 256 << 10);

    private static final int NORMALISATION_LEVEL = 2;
    private static final int MASK_BITS_MAX = 32;
    private static final int AVG_BYTES_MIN = 256;
    private static final Pattern SIZES = Pattern.compile("(\\d{1,7})([KM]?)/(\\d{1,7})([KM]?)/(\\d{1,7})([KM]?)");

    /** Checks every bound, so that a profile read from disk or a peer is safe to cut by. */
    public ChunkProfile {
        if (minBytes < CutFinder.WINDOW_BYTES) {
            throw new IllegalArgumentException(
                    "minBytes (%d) must be at least %d".formatted(minBytes, CutFinder.WINDOW_BYTES));
        }
        if (avgBytes < minBytes) {
            throw new IllegalArgumentException("avgBytes (%d) must be >= minBytes (%d)".formatted(avgBytes, minBytes));
        }
        if (maxBytes <= avgBytes || maxBytes > BYTES_LIMIT) {
            throw new IllegalArgumentException(
                    "maxBytes (%d) must be > avgBytes (%d) and <= %d".formatted(maxBytes, avgBytes, BYTES_LIMIT));
        }
        if (switchBytes < minBytes || switchBytes >= maxBytes) {
            throw new IllegalArgumentException("switchBytes (%d) must be >= minBytes (%d) and < maxBytes (%d)"
                    .formatted(switchBytes, minBytes, maxBytes));
        }
        if (wholeFileBytesMax < 0 || wholeFileBytesMax > maxBytes) {
            throw new IllegalArgumentException(
                    "wholeFileBytesMax (%d) must be within 0..maxBytes (%d)".formatted(wholeFileBytesMax, maxBytes));
        }
        if (looseBits < 1 || strictBits < looseBits || strictBits > MASK_BITS_MAX) {
            throw new IllegalArgumentException("mask bits must obey 1 <= looseBits (%d) <= strictBits (%d) <= %d"
                    .formatted(looseBits, strictBits, MASK_BITS_MAX));
        }
    }

    /**
     * A profile of the product's own kind: normalisation level 2, so with {@code b = log2(avgBytes)} the strict mask has {@code b + 2}
     * bits and the loose one {@code b - 2}; the switch point is {@code avg - avg / 4}, which lands the mean on the average; files of up to
     * the average are one chunk.
     *
     * @throws IllegalArgumentException if the average is not a power of two, or the sizes are not in order
     */
    public static ChunkProfile normalised(int minBytes, int avgBytes, int maxBytes) {
        if (avgBytes < AVG_BYTES_MIN || Integer.bitCount(avgBytes) != 1) {
            throw new IllegalArgumentException(
                    "avgBytes (%d) must be a power of two and at least %d".formatted(avgBytes, AVG_BYTES_MIN));
        }
        int bits = Integer.numberOfTrailingZeros(avgBytes);
        return new ChunkProfile(
                minBytes,
                avgBytes,
                maxBytes,
                avgBytes,
                avgBytes - avgBytes / 4,
                bits + NORMALISATION_LEVEL,
                bits - NORMALISATION_LEVEL);
    }

    /**
     * The plain gear scan with one mask of {@code bits} top bits and no rule for small files, as other implementations have it.
     *
     * @throws IllegalArgumentException if the sizes are out of order or {@code bits} is not within 1..24
     */
    public static ChunkProfile singleMask(int minBytes, int maxBytes, int bits) {
        if (bits < 1 || bits > 24) {
            throw new IllegalArgumentException("bits (%d) must be within 1..24".formatted(bits));
        }
        int avgBytes = Math.max(minBytes, Math.min(1 << bits, maxBytes - 1));
        return new ChunkProfile(minBytes, avgBytes, maxBytes, 0, minBytes, bits, bits);
    }

    /**
     * Reads {@code MIN/AVG/MAX}, as in {@code 16/64/256}: numbers in KiB, or with a suffix K (KiB) or M (MiB), either case.
     *
     * @throws IllegalArgumentException with a sentence for the user if the text is not of that form or the sizes do not fit
     */
    public static ChunkProfile parse(String text) {
        Matcher sizes = SIZES.matcher(text.toUpperCase(Locale.ROOT));
        if (!sizes.matches()) {
            throw new IllegalArgumentException(
                    "chunk sizes \"%s\" are not MIN/AVG/MAX in KiB, such as 16/64/256 or 512K/1M/4M"
                            .formatted(text.length() <= 80 ? text : text.substring(0, 80) + "..."));
        }
        return ofUser(
                sizeBytes(sizes.group(1), sizes.group(2)),
                sizeBytes(sizes.group(3), sizes.group(4)),
                sizeBytes(sizes.group(5), sizes.group(6)));
    }

    /** As {@link #normalised}, with what does not fit in the words and units of {@link #parse}. */
    private static ChunkProfile ofUser(int minBytes, int avgBytes, int maxBytes) {
        if (minBytes < 1 << 10) {
            throw new IllegalArgumentException("the smallest size, 0, must be at least 1 (KiB)");
        }
        if (avgBytes < minBytes) {
            throw new IllegalArgumentException("the average size, %d KiB, must not be below the smallest, %d KiB"
                    .formatted(avgBytes >> 10, minBytes >> 10));
        }
        if (Integer.bitCount(avgBytes) != 1) {
            throw new IllegalArgumentException("the average size, %d KiB, must be a power of two, such as %d or %d"
                    .formatted(
                            avgBytes >> 10,
                            Integer.highestOneBit(avgBytes) >> 10,
                            Integer.highestOneBit(avgBytes) >> 9));
        }
        if (maxBytes <= avgBytes) {
            throw new IllegalArgumentException("the largest size, %d KiB, must be above the average, %d KiB"
                    .formatted(maxBytes >> 10, avgBytes >> 10));
        }
        return normalised(minBytes, avgBytes, maxBytes);
    }

    private static int sizeBytes(String digits, String unit) {
        long bytes = Long.parseLong(digits) << (unit.equals("M") ? 20 : 10);
        if (bytes > BYTES_LIMIT) {
            throw new IllegalArgumentException(
                    "chunk size %s%s is over the limit of %d KiB".formatted(digits, unit, BYTES_LIMIT >> 10));
        }
        return (int) bytes;
    }

    /** The form that {@link #parse} reads, in KiB; sizes that are not whole KiB are rounded down. */
    public String sizes() {
        return "%d/%d/%d".formatted(minBytes >> 10, avgBytes >> 10, maxBytes >> 10);
    }

    /** The bits that must be zero below {@link #switchBytes}: the top {@link #strictBits}. */
    long strictMask() {
        return -1L << (Long.SIZE - strictBits);
    }

    /** The bits that must be zero from {@link #switchBytes} on: the top {@link #looseBits}. */
    long looseMask() {
        return -1L << (Long.SIZE - looseBits);
    }
}
