package dev.cairn.cas.seal;

import dev.cairn.cas.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.spec.HKDFParameterSpec;

/** Keys out of keys, HKDF-SHA-256 (RFC 5869), and codes that prove who holds one, HMAC-SHA-256 (RFC 2104). */
final class Derivation {

    /** Length of an HMAC-SHA-256, in bytes. */
    static final int MAC_BYTES = 32;

    private Derivation() {}

    /** HKDF with {@code salt} (may be empty), the label and then {@code context} as its info. */
    static Secret derive(byte[] inputKey, byte[] salt, String label, byte[]... context) {
        return Secret.of(hkdf(inputKey, salt, info(label, context), Secret.BYTES));
    }

    /** {@link #derive} from a secret. */
    static Secret derive(Secret secret, byte[] salt, String label, byte[]... context) {
        return derive(secret.copy(), salt, label, context);
    }

    /** Plain HKDF-SHA-256. */
    static byte[] hkdf(byte[] inputKey, byte[] salt, byte[] info, int bytes) {
        // RFC 5869 pads an empty salt with zeros to the length of the hash; the JDK takes no empty one.
        byte[] saltOrZeros = salt.length == 0 ? new byte[MAC_BYTES] : salt;
        try {
            HKDFParameterSpec.Builder extract =
                    HKDFParameterSpec.ofExtract().addIKM(inputKey).addSalt(saltOrZeros);
            return KDF.getInstance("HKDF-SHA256").deriveData(extract.thenExpand(info, bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no HKDF-SHA256", e);
        }
    }

    /** HMAC-SHA-256 over the label and then all parts. Whoever calls sees to it that their lengths cannot be confused. */
    static byte[] mac(Secret key, String label, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key.key("HmacSHA256"));
            mac.update(label.getBytes(StandardCharsets.US_ASCII));
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no HmacSHA256", e);
        }
    }

    /** Whether {@code mac} is the code of those parts, in time that does not depend on it. */
    static boolean verify(byte[] mac, Secret key, String label, byte[]... parts) {
        return MessageDigest.isEqual(mac(key, label, parts), mac);
    }

    /** SHA-256 over the label and then all parts. */
    static byte[] digest(String label, byte[]... parts) {
        MessageDigest digest = Sha256.begin();
        digest.update(label.getBytes(StandardCharsets.US_ASCII));
        for (byte[] part : parts) {
            digest.update(part);
        }
        return digest.digest();
    }

    private static byte[] info(String label, byte[]... context) {
        byte[] labelBytes = label.getBytes(StandardCharsets.US_ASCII);
        int length = labelBytes.length;
        for (byte[] part : context) {
            length += part.length;
        }
        byte[] info = new byte[length];
        System.arraycopy(labelBytes, 0, info, 0, labelBytes.length);
        int end = labelBytes.length;
        for (byte[] part : context) {
            System.arraycopy(part, 0, info, end, part.length);
            end += part.length;
        }
        return info;
    }
}
