package dev.cairn.delta.rdiff;

import org.bouncycastle.crypto.digests.MD4Digest;

/** The strong sum of a signature, cut to its length. One thread at a time. */
abstract sealed class StrongSum {
    private final int bytes;
    private final byte[] full;
    private final SumLanes lanes;

    private StrongSum(SignatureParameters parameters, SumLanes lanes) {
        this.bytes = parameters.strongBytes();
        this.full = new byte[parameters.kind().strongBytesMax()];
        this.lanes = lanes;
    }

    static StrongSum of(SignatureParameters parameters) {
        return switch (parameters.kind()) {
            case ROLLSUM_MD4, RABINKARP_MD4 -> new Md4(parameters);
            case ROLLSUM_BLAKE2, RABINKARP_BLAKE2 -> new Blake2(parameters);
        };
    }

    /** Writes the full sum of a block to the beginning of {@code sum}. */
    abstract void write(byte[] data, int offset, int length, byte[] sum);

    /** The sum of a block, in the first {@link #bytes()} of an array that the next call overwrites. */
    final byte[] of(byte[] data, int offset, int length) {
        write(data, offset, length, full);
        return full;
    }

    /**
     * Writes the sums of {@code blocks} blocks, cut to {@link #bytes()} each, to {@code sums}: the first at {@code target}, each other one
     * {@code distance} behind the one before.
     */
    final void ofRun(byte[] data, int offset, int blockBytes, int blocks, byte[] sums, int target, int distance) {
        int done = 0;
        while (blocks - done >= SumLanes.LANES_MIN) {
            int count = Math.min(SumLanes.LANES_MAX, blocks - done);
            lanes.sum(data, offset + done * blockBytes, blockBytes, count);
            for (int lane = 0; lane < count; lane++, done++) {
                lanes.write(lane, full);
                System.arraycopy(full, 0, sums, target + done * distance, bytes);
            }
        }
        for (; done < blocks; done++) {
            write(data, offset + done * blockBytes, blockBytes, full);
            System.arraycopy(full, 0, sums, target + done * distance, bytes);
        }
    }

    final int bytes() {
        return bytes;
    }

    private static final class Md4 extends StrongSum {
        private final MD4Digest digest = new MD4Digest();

        Md4(SignatureParameters parameters) {
            super(parameters, new Md4Lanes());
        }

        @Override
        void write(byte[] data, int offset, int length, byte[] sum) {
            digest.update(data, offset, length);
            digest.doFinal(sum, 0);
        }
    }

    private static final class Blake2 extends StrongSum {
        private final Blake2b digest = new Blake2b();

        Blake2(SignatureParameters parameters) {
            super(parameters, new Blake2bLanes());
        }

        @Override
        void write(byte[] data, int offset, int length, byte[] sum) {
            digest.sum(data, offset, length, sum);
        }
    }
}
