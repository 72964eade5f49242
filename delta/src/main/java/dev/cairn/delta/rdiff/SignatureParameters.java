package dev.cairn.delta.rdiff;

/**
 * What a signature is made with.
 *
 * @param kind its two sums
 * @param blockBytes length of a block of the basis, 1 to {@value #BLOCK_BYTES_MAX}
 * @param strongBytes how much of each strong sum is kept, 1 to its full length
 */
public record SignatureParameters(SignatureKind kind, int blockBytes, int strongBytes) {
    /** The longest block accepted: a delta is made with about two in memory. */
    public static final int BLOCK_BYTES_MAX = 16 << 20;

    private static final int BLOCK_BYTES_UNKNOWN = 2048;
    private static final int BLOCK_BYTES_SMALL = 256;
    private static final int BLOCK_BYTES_MULTIPLE = 128;
    private static final int STRONG_BYTES_UNKNOWN = 12;
    private static final long GROWTH_ASSUMED = 1 << 24;

    /** Checks the bounds, so that parameters read from a signature are safe to work with. */
    public SignatureParameters {
        if (blockBytes < 1 || blockBytes > BLOCK_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "block length %d must be within 1..%d".formatted(blockBytes, BLOCK_BYTES_MAX));
        }
        if (strongBytes < 1 || strongBytes > kind.strongBytesMax()) {
            throw new IllegalArgumentException("strong sum length %d must be within 1..%d for %s"
                    .formatted(strongBytes, kind.strongBytesMax(), kind));
        }
    }

    /** Blocks as recommended for a basis of that length, and full strong sums. */
    public static SignatureParameters recommended(SignatureKind kind, long basisBytes) {
        return new SignatureParameters(kind, recommendedBlockBytes(basisBytes), kind.strongBytesMax());
    }

    /**
     * The block length that rdiff recommends: about the square root of the basis, in whole multiples of 128 and at least 256; 2048 where the
     * length is unknown.
     *
     * @param basisBytes length of the basis, negative if unknown
     */
    public static int recommendedBlockBytes(long basisBytes) {
        if (basisBytes < 0) {
            return BLOCK_BYTES_UNKNOWN;
        }
        long root = (long) Math.sqrt((double) basisBytes);
        long block = Math.max(BLOCK_BYTES_SMALL, root - root % BLOCK_BYTES_MULTIPLE);
        return (int) Math.min(block, BLOCK_BYTES_MAX);
    }

    /**
     * The shortest strong sum that rdiff holds to be safe against chance (not against malice): enough bits for every block to be compared at
     * every offset of a file 16 MiB longer than the basis, and two bytes more.
     *
     * @param basisBytes length of the basis, negative if unknown
     * @throws IllegalArgumentException if the block length is not positive
     */
    public static int strongBytesMin(long basisBytes, int blockBytes) {
        if (blockBytes < 1) {
            throw new IllegalArgumentException("block length %d must be positive".formatted(blockBytes));
        }
        if (basisBytes < 0) {
            return STRONG_BYTES_UNKNOWN;
        }
        int offsetBits = floorLog2(basisBytes + GROWTH_ASSUMED);
        int blockBits = floorLog2(basisBytes / blockBytes + 1);
        return 2 + (offsetBits + blockBits + 7) / 8;
    }

    private static int floorLog2(long positive) {
        return Long.SIZE - 1 - Long.numberOfLeadingZeros(positive);
    }
}
