package dev.cairn.cas.seal;

import java.security.SecureRandom;

/**
 * Where secret and unrepeatable bytes come from. The seam by which golden files get fixed nonces; everything else uses
 * {@link #system}.
 */
@FunctionalInterface
public interface Entropy {

    /** Overwrites all of {@code bytes} with bytes that nobody can foretell. May be called from any thread. */
    void fill(byte[] bytes);

    /** {@code count} fresh bytes in a new array. */
    default byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        fill(bytes);
        return bytes;
    }

    /** The operating system's source, through {@link SecureRandom}. */
    static Entropy system() {
        return SystemEntropy::fill;
    }

    /** Holds the one generator, so that it is made when first needed. */
    final class SystemEntropy {
        private static final SecureRandom RANDOM = new SecureRandom();

        private SystemEntropy() {}

        static void fill(byte[] bytes) {
            RANDOM.nextBytes(bytes);
        }
    }
}
