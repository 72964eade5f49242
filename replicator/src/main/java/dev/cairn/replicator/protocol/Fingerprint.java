package dev.cairn.replicator.protocol;

import dev.cairn.cas.Sha256;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The SHA-256 of a certificate's {@code SubjectPublicKeyInfo}: what a client pins. Written {@code sha256:} and 64 hex digits. */
public final class Fingerprint {

    /** Length, in bytes. */
    public static final int BYTES = 32;

    private static final String PREFIX = "sha256:";

    private final byte[] digest;

    private Fingerprint(byte[] digest) {
        this.digest = digest;
    }

    /** The fingerprint of a certificate's key. */
    public static Fingerprint of(PublicKey key) {
        return new Fingerprint(Sha256.of(key.getEncoded()));
    }

    /**
     * Parses {@code sha256:} and 64 hex digits.
     *
     * @throws IllegalArgumentException if it is not that
     */
    public static Fingerprint parse(String text) {
        String hex = text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : "";
        if (hex.length() != 2 * BYTES || !hex.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 128)) {
            throw new IllegalArgumentException(
                    "not a fingerprint: '" + text + "' (wanted: " + PREFIX + " and 64 hex digits)");
        }
        return new Fingerprint(HexFormat.of().parseHex(hex));
    }

    /** The 32 bytes, in a new array. */
    public byte[] bytes() {
        return digest.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Fingerprint that && MessageDigest.isEqual(digest, that.digest);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(digest);
    }

    @Override
    public String toString() {
        return PREFIX + HexFormat.of().formatHex(digest);
    }
}
