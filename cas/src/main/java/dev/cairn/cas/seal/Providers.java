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
}
