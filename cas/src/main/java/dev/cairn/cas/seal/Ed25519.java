package dev.cairn.cas.seal;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.NamedParameterSpec;

/** Ed25519 (RFC 8032) by the JDK, with keys as their 32 bytes. */
final class Ed25519 {

    static final int KEY_BYTES = 32;
    static final int SIGNATURE_BYTES = 64;

    private static final String NAME = "Ed25519";

    private Ed25519() {}

    /**
     * The public key of a private key. The JDK derives it nowhere but in its generator, which takes 32 random bytes for the
     * private key: so it is given ours.
     */
    static byte[] publicKey(Secret privateKey) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(NAME);
            generator.initialize(NamedParameterSpec.ED25519, new FixedRandom(privateKey.copy()));
            EdECPublicKey key = (EdECPublicKey) generator.generateKeyPair().getPublic();
            byte[] littleEndian = reversed(key.getPoint().getY());
            if (key.getPoint().isXOdd()) {
                littleEndian[KEY_BYTES - 1] |= (byte) 0x80;
            }
            return littleEndian;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no " + NAME, e);
        }
    }

    /** Gives the bytes it was made with, once. */
    private static final class FixedRandom extends SecureRandom {
        private static final long serialVersionUID = 1;

        private final byte[] fixed;

        FixedRandom(byte[] fixed) {
            this.fixed = fixed;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            if (bytes.length != fixed.length) {
                throw new IllegalStateException("the JDK asked for %d bytes of a private key".formatted(bytes.length));
            }
            System.arraycopy(fixed, 0, bytes, 0, fixed.length);
        }
    }

    /** The signature of all parts, one after the other. */
    static byte[] sign(Secret privateKey, byte[]... parts) {
        try {
            PrivateKey key = KeyFactory.getInstance(NAME)
                    .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, privateKey.copy()));
            Signature signature = Signature.getInstance(NAME);
            signature.initSign(key);
            for (byte[] part : parts) {
                signature.update(part);
            }
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no " + NAME, e);
        }
    }

    /** Whether {@code signature} is that of the parts. False, never an error, for what is no key or no signature. */
    static boolean verify(byte[] publicKey, byte[] signature, byte[]... parts) {
        if (publicKey.length != KEY_BYTES || signature.length != SIGNATURE_BYTES) {
            return false;
        }
        byte[] bigEndian = new byte[KEY_BYTES];
        for (int i = 0; i < KEY_BYTES; i++) {
            bigEndian[i] = publicKey[KEY_BYTES - 1 - i];
        }
        boolean xOdd = bigEndian[0] < 0;
        bigEndian[0] &= 0x7f;
        EdECPoint point = new EdECPoint(xOdd, new BigInteger(1, bigEndian));
        try {
            PublicKey key = KeyFactory.getInstance(NAME)
                    .generatePublic(new EdECPublicKeySpec(NamedParameterSpec.ED25519, point));
            Signature verifier = Signature.getInstance(NAME);
            verifier.initVerify(key);
            for (byte[] part : parts) {
                verifier.update(part);
            }
            return verifier.verify(signature);
        } catch (InvalidKeyException | InvalidKeySpecException | SignatureException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no " + NAME, e);
        }
    }

    private static byte[] reversed(BigInteger number) {
        byte[] littleEndian = new byte[KEY_BYTES];
        byte[] bigEndian = number.toByteArray();
        for (int i = 0; i < Math.min(KEY_BYTES, bigEndian.length); i++) {
            littleEndian[i] = bigEndian[bigEndian.length - 1 - i];
        }
        return littleEndian;
    }
}
