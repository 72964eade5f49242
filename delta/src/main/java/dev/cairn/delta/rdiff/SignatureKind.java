package dev.cairn.delta.rdiff;

import dev.cairn.delta.RabinKarp;
import dev.cairn.delta.RollingChecksum;
import dev.cairn.delta.Rollsum;

/** The four kinds of signature: which weak and which strong sum stand in it. */
public enum SignatureKind {
    /** Rollsum and MD4: what librsync made before version 1.0; MD4 is broken, for old peers only. */
    ROLLSUM_MD4(0x72730136, 16),
    /** Rollsum and BLAKE2b-256. */
    ROLLSUM_BLAKE2(0x72730137, 32),
    /** Rabin-Karp and MD4. */
    RABINKARP_MD4(0x72730146, 16),
    /** Rabin-Karp and BLAKE2b-256: the default. */
    RABINKARP_BLAKE2(0x72730147, 32);

    private final int magic;
    private final int strongBytesMax;

    SignatureKind(int magic, int strongBytesMax) {
        this.magic = magic;
        this.strongBytesMax = strongBytesMax;
    }

    /** The number a signature of this kind begins with. */
    public int magic() {
        return magic;
    }

    /** The full length of the strong sum, in bytes. */
    public int strongBytesMax() {
        return strongBytesMax;
    }

    /** A new weak sum of this kind, its window empty. */
    public RollingChecksum weakSum() {
        return switch (this) {
            case ROLLSUM_MD4, ROLLSUM_BLAKE2 -> new Rollsum();
            case RABINKARP_MD4, RABINKARP_BLAKE2 -> new RabinKarp();
        };
    }
}
