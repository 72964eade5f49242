package dev.cairn.cas.snapshot.base;

import dev.cairn.cas.seal.KeyedDigest;
import dev.cairn.cas.seal.Secret;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Makes the {@linkplain Sketch sketches} of blocks.
 *
 * <h2>How</h2>
 *
 * <p>A gear hash of the last 64 bytes rolls over the block, and its values below a bound are samples: one in 8 to one in 128,
 * by the length of the block. Each sample falls into one of twelve bins, by other bits of itself, and the least of a bin is a
 * feature ("one permutation hashing", Li, Owen and Zhang 2012). Four features make a super-feature (Broder 1997): it stays if
 * none of the four was touched, so two blocks that share a part <i>s</i> of their samples share a given one with probability
 * <i>s</i>^4. Since the samples of a lower bound are the least of those of a higher one, blocks of unlike lengths compare
 * too. A bin without a sample, as in blocks that repeat themselves, voids its super-feature.
 *
 * <p>The gear table comes from the repository's key: who has only the sketches cannot tell which known file one is of.
 *
 * <p>For one thread. About 1 GB/s a core; allocates the sketch.
 */
public final class SuperFeatures {

    /** The shortest block that has a sketch, in bytes. Below, a base saves less than it costs to name it. */
    public static final int BLOCK_BYTES_MIN = 1 << 10;

    private static final int FEATURES = 12;
    private static final int FEATURES_EACH = 4;
    private static final int WINDOW_BYTES = 64;
    private static final long NO_SAMPLE = Long.MAX_VALUE;

    /** Tells our use of the local key from those of the stat cache, which are below. */
    private static final byte DOMAIN = 16;

    private static final int GEARS_EACH = Secret.BYTES / Long.BYTES;
    private static final long MIX_1 = 0x9e3779b97f4a7c15L;
    private static final long MIX_2 = 0xbf58476d1ce4e5b9L;

    private final long[] gears = new long[1 << Byte.SIZE];
    private final long[] least = new long[FEATURES];

    /** @param key the repository's local key */
    public SuperFeatures(Secret key) {
        KeyedDigest digest = new KeyedDigest(key);
        for (int i = 0; i < gears.length; i += GEARS_EACH) {
            ByteBuffer bytes = ByteBuffer.wrap(
                    digest.add(DOMAIN).add((byte) (i / GEARS_EACH)).finish(Secret.BYTES));
            for (int j = 0; j < GEARS_EACH; j++) {
                gears[i + j] = bytes.getLong();
            }
        }
    }

    /** The sketch of {@code data[from .. from + length)}; null if it is too short or says too little. */
    public @Nullable Sketch of(byte[] data, int from, int length) {
        if (length < BLOCK_BYTES_MIN) {
            return null;
        }
        Arrays.fill(least, NO_SAMPLE);
        sample(gears, data, from, from + length, Long.SIZE - sampleBits(length), least);
        Sketch sketch = new Sketch(superFeature(0), superFeature(1), superFeature(2));
        boolean says = sketch.first() != Sketch.NONE || sketch.second() != Sketch.NONE || sketch.third() != Sketch.NONE;
        return says ? sketch : null;
    }

    /** One byte in two to this power is a sample. */
    private static int sampleBits(int length) {
        if (length < 2 << 10) {
            return 3;
        }
        if (length < 4 << 10) {
            return 4;
        }
        return length < 16 << 10 ? 5 : 7;
    }

    private static void sample(long[] gears, byte[] data, int from, int to, int shift, long[] least) {
        long hash = 0;
        int at = from;
        for (int warm = from + WINDOW_BYTES - 1; at < warm; at++) {
            hash = (hash << 1) + gears[data[at] & 0xff];
        }
        for (; at < to; at++) {
            hash = (hash << 1) + gears[data[at] & 0xff];
            if (hash >>> shift == 0) {
                take(hash, least);
            }
        }
    }

    private static void take(long hash, long[] least) {
        int bin = (int) ((((hash * MIX_1) >>> Integer.SIZE) * FEATURES) >>> Integer.SIZE);
        least[bin] = Math.min(least[bin], hash);
    }

    private int superFeature(int number) {
        long mixed = number;
        for (int i = number * FEATURES_EACH; i < (number + 1) * FEATURES_EACH; i++) {
            if (least[i] == NO_SAMPLE) {
                return Sketch.NONE;
            }
            mixed = (mixed ^ least[i]) * MIX_2;
            mixed ^= mixed >>> 29;
        }
        int feature = (int) (mixed >>> (Long.SIZE - Integer.bitCount(Sketch.NONE)));
        return feature == Sketch.NONE ? 0 : feature;
    }
}
