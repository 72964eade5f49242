package dev.cairn.cas.seal;

import java.security.MessageDigest;
import javax.crypto.spec.SecretKeySpec;

/**
 * Thirty-two secret bytes. Says nothing of them in {@link #toString}, and compares in constant time.
 *
 * <p>Not guaranteed: that the bytes leave the heap when the secret is dropped. Whoever reads this process's memory has the
 * keys.
 */
public final class Secret {

    /** Length of every secret, in bytes. */
    public static final int BYTES = 32;

    private final byte[] bytes;

    private Secret(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A secret of exactly {@value #BYTES} bytes, which are copied. */
    public static Secret of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a secret has %d bytes, not %d".formatted(BYTES, bytes.length));
        }
        return new Secret(bytes.clone());
    }

    /** A fresh secret. */
    public static Secret random(Entropy entropy) {
        return new Secret(entropy.bytes(BYTES));
    }

    /** The bytes, in a new array, for an algorithm that wants them so. */
    public byte[] copy() {
        return bytes.clone();
    }

    /** The key as the JDK's algorithms want it. */
    SecretKeySpec key(String algorithm) {
        return new SecretKeySpec(bytes, algorithm);
    }

    /** Whether both hold the same bytes, in time that does not depend on them. */
    boolean matches(Secret other) {
        return MessageDigest.isEqual(bytes, other.bytes);
    }

    @Override
    public String toString() {
        return "secret";
    }
}
