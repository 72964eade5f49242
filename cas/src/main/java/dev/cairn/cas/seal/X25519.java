package dev.cairn.cas.seal;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import javax.crypto.KeyAgreement;

/** X25519 (RFC 7748) by the JDK, with keys as their 32 bytes. */
final class X25519 {

    static final int KEY_BYTES = 32;

    private static final String NAME = "X25519";

    private X25519() {}

    /** The public key of a private key: its agreement with the base point. */
    static byte[] publicKey(Secret privateKey) {
        byte[] basePoint = new byte[KEY_BYTES];
        basePoint[0] = 9;
        try {
            return agree(privateKey, basePoint);
        } catch (InvalidKeyException e) {
            throw new IllegalStateException("the base point is not of small order", e);
        }
    }

    /**
     * What both sides know.
     *
     * @throws InvalidKeyException if the other's public key is of small order, so that the result would be the same for all
     */
    static byte[] agree(Secret privateKey, byte[] publicKey) throws InvalidKeyException {
        byte[] bigEndian = new byte[KEY_BYTES];
        for (int i = 0; i < KEY_BYTES; i++) {
            bigEndian[i] = publicKey[KEY_BYTES - 1 - i];
        }
        bigEndian[0] &= 0x7f;
        try {
            KeyFactory factory = KeyFactory.getInstance(NAME);
            PrivateKey own =
                    factory.generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, privateKey.copy()));
            KeyAgreement agreement = KeyAgreement.getInstance(NAME);
            agreement.init(own);
            agreement.doPhase(
                    factory.generatePublic(
                            new XECPublicKeySpec(NamedParameterSpec.X25519, new BigInteger(1, bigEndian))),
                    true);
            return agreement.generateSecret();
        } catch (InvalidKeyException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no " + NAME, e);
        }
    }
}
