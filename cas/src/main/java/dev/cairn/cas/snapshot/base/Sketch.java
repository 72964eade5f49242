package dev.cairn.cas.snapshot.base;

import java.nio.ByteBuffer;

/**
 * What a block of bytes looks like, in three super-features of 24 bits: blocks that are alike have one or more in common.
 *
 * @param first a super-feature, or {@link #NONE}; so are the others
 */
public record Sketch(int first, int second, int third) {

    /** Stands where there is no super-feature. It is like nothing. */
    public static final int NONE = 0xff_ffff;

    /** How many super-features there are. */
    static final int FEATURES = 3;

    /** Length of {@link #write what is written}, in bytes. */
    static final int BYTES = 9;

    private static final int FEATURE_BYTES = 3;

    /** Checks that each is 24 bits. */
    public Sketch {
        if (((first | second | third) & ~NONE) != 0) {
            throw new IllegalArgumentException("not of 24 bits: %x %x %x".formatted(first, second, third));
        }
    }

    /** Reads what {@link #write} wrote. */
    static Sketch read(ByteBuffer from) {
        return new Sketch(readFeature(from), readFeature(from), readFeature(from));
    }

    void write(ByteBuffer to) {
        writeFeature(first, to);
        writeFeature(second, to);
        writeFeature(third, to);
    }

    private static int readFeature(ByteBuffer from) {
        int feature = 0;
        for (int i = 0; i < FEATURE_BYTES; i++) {
            feature = (feature << Byte.SIZE) | (from.get() & 0xff);
        }
        return feature;
    }

    private static void writeFeature(int feature, ByteBuffer to) {
        for (int i = FEATURE_BYTES - 1; i >= 0; i--) {
            to.put((byte) (feature >>> (i * Byte.SIZE)));
        }
    }

    /** The super-feature of that number, 0 to 2, told apart from those of other numbers: 26 bits. */
    int feature(int number) {
        int feature = switch (number) {
            case 0 -> first;
            case 1 -> second;
            default -> third;
        };
        return number << Integer.bitCount(NONE) | feature;
    }

    /** Whether {@link #feature} gives no super-feature. */
    static boolean isNone(int feature) {
        return (feature & NONE) == NONE;
    }
}
