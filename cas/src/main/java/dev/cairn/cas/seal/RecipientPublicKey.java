package dev.cairn.cas.seal;

import java.security.InvalidKeyException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * The public half of a {@link RecipientKey}: what a slot for its holder is made with. Not secret. Written {@code x25519:} and 64
 * hex digits.
 */
public final class RecipientPublicKey {

    private static final String PREFIX = "x25519:";

    /** Any private key: whether a public key is of small order shows with every one. */
    private static final Secret PROBE = Secret.of(new byte[] {
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
        31, 32
    });

    private final byte[] bytes;

    private RecipientPublicKey(byte[] bytes) {
        this.bytes = bytes;
    }

    static RecipientPublicKey of(Secret privateKey) {
        return new RecipientPublicKey(X25519.publicKey(privateKey));
    }

    /**
     * Reads what {@link #toString} writes; the prefix may be left away.
     *
     * @throws IllegalArgumentException if it is none, or one that keeps nothing secret (of small order)
     */
    public static RecipientPublicKey parse(String text) {
        String digits = text.strip().toLowerCase(Locale.ROOT);
        digits = digits.startsWith(PREFIX) ? digits.substring(PREFIX.length()) : digits;
        if (!digits.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("a recipient's public key is " + PREFIX + " and 64 hex digits");
        }
        byte[] bytes = HexFormat.of().parseHex(digits);
        try {
            X25519.agree(PROBE, bytes);
        } catch (InvalidKeyException e) {
            throw new IllegalArgumentException("that public key keeps nothing secret: it is of small order", e);
        }
        return new RecipientPublicKey(bytes);
    }

    byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public String toString() {
        return PREFIX + HexFormat.of().formatHex(bytes);
    }
}
