package dev.cairn.cas.seal;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;

/** The JDK's implementations of what this package calculates with. */
public final class Providers {

    private static final int MESSAGES = 8;
    private static final int MESSAGE_BYTES = 1024;

    private Providers() {}

    /**
     * Loads them, which the first use of each would do: some 40 ms in a fresh JVM, and nothing afterwards. From any thread.
     *
     * @throws GeneralSecurityException if one is missing
     */
    public static void load() throws GeneralSecurityException {
        MessageDigest.getInstance("SHA-256");
        Mac.getInstance("HmacSHA256");
        KDF.getInstance("HKDF-SHA256");
        KeyFactory.getInstance("X25519");
        KeyAgreement.getInstance("X25519");
        Cipher.getInstance("AES/ECB/NoPadding");
        Cipher.getInstance("AES/GCM/NoPadding");
        KeyFactory.getInstance("Ed25519");
        Signature.getInstance("Ed25519");
    }

    /**
     * Sends some messages through what seals and names objects. The launcher has the JVM compile what carries a message after a few, so that
     * the first of a megabyte is not interpreted byte by byte (docs/decisions/088-what-carries-a-cipher.md). From any thread; some
     * milliseconds, as for the first messages of any program.
     *
     * @throws GeneralSecurityException if there is no SHA-256
     */
    public static void warm() throws GeneralSecurityException {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        Xaes256Gcm cipher = new Xaes256Gcm(Secret.of(new byte[Secret.BYTES]));
        byte[] nonce = new byte[Xaes256Gcm.NONCE_BYTES];
        byte[] message = new byte[MESSAGE_BYTES + Xaes256Gcm.TAG_BYTES];
        for (int i = 0; i < MESSAGES; i++) {
            // No cipher takes a nonce twice, not even with a key that keeps nothing.
            nonce[0] = (byte) i;
            cipher.seal(nonce, 0, message, 0, MESSAGE_BYTES);
            byte[] plain = cipher.open(nonce, 0, message, 0, message.length);
            System.arraycopy(sha256.digest(plain), 0, message, 0, sha256.getDigestLength());
        }
    }
}
