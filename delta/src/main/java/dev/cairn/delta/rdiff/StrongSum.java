package dev.cairn.delta.rdiff;

import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.Blake2bDigest;
import org.bouncycastle.crypto.digests.MD4Digest;

/** The strong sum of a signature, cut to its length. One thread at a time. */
final class StrongSum {
    private final Digest digest;
    private final byte[] full;
    private final int bytes;

    StrongSum(SignatureParameters parameters) {
        this.digest = switch (parameters.kind()) {
            case ROLLSUM_MD4, RABINKARP_MD4 -> new MD4Digest();
            case ROLLSUM_BLAKE2, RABINKARP_BLAKE2 -> new Blake2bDigest(256);
        };
        this.full = new byte[digest.getDigestSize()];
        this.bytes = parameters.strongBytes();
    }

    /** The sum of a block, in the first {@link #bytes()} of an array that the next call overwrites. */
    byte[] of(byte[] data, int offset, int length) {
        digest.update(data, offset, length);
        digest.doFinal(full, 0);
        return full;
    }

    int bytes() {
        return bytes;
    }
}
