package dev.cairn.server;

import dev.cairn.cas.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The SHA-256 of something secret, which is what is kept in its place. */
final class Secrets {

    /** Length of a hash, in bytes. */
    static final int HASH_BYTES = 32;

    private static final SecureRandom RANDOM = new SecureRandom();

    private Secrets() {}

    /** Fresh bytes that nobody can foretell. */
    static byte[] random(int bytes) {
        byte[] random = new byte[bytes];
        RANDOM.nextBytes(random);
        return random;
    }

    /** The hash of {@code secret}; {@code label} keeps hashes for one purpose apart from those for another. */
    static Hash hash(String label, byte[] secret) {
        MessageDigest digest = Sha256.begin();
        digest.update(label.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        return new Hash(digest.digest(secret));
    }

    /** A hash, as a key of maps. */
    static final class Hash {
        private final byte[] bytes;

        Hash(byte[] bytes) {
            if (bytes.length != HASH_BYTES) {
                throw new IllegalArgumentException("a hash has 32 bytes, not " + bytes.length);
            }
            this.bytes = bytes.clone();
        }

        byte[] bytes() {
            return bytes.clone();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Hash that && MessageDigest.isEqual(bytes, that.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }
    }
}
