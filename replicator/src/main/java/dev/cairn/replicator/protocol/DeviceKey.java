package dev.cairn.replicator.protocol;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The Ed25519 key of a device: it signs enrolments and tokens. The private half never leaves this object except to be kept
 * in the user's own file.
 *
 * <p>Thread-safe. Does not wipe the key from memory.
 */
public final class DeviceKey {

    /** Length of a public key, in bytes. */
    public static final int PUBLIC_BYTES = 32;

    /** Length of a signature, in bytes. */
    public static final int SIGNATURE_BYTES = 64;

    private static final String ALGORITHM = "Ed25519";
    private static final int SEED_BYTES = 32;
    private static final String TEXT_HEADER = "cairn device key 1";

    /** What stands before the seed in PKCS #8, and before the key in a SubjectPublicKeyInfo (RFC 8410). */
    private static final byte[] PRIVATE_PREFIX = HexFormat.of().parseHex("302e020100300506032b657004220420");

    private static final byte[] PUBLIC_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private final byte[] seed;
    private final byte[] publicKey;
    private final PrivateKey privateKey;

    private DeviceKey(byte[] seed, byte[] publicKey) throws GeneralSecurityException {
        this.seed = seed;
        this.publicKey = publicKey;
        this.privateKey = KeyFactory.getInstance(ALGORITHM)
                .generatePrivate(new PKCS8EncodedKeySpec(concatenation(PRIVATE_PREFIX, seed)));
    }

    /** A new random key. */
    public static DeviceKey random() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
            byte[] encodedPrivate = pair.getPrivate().getEncoded();
            byte[] encodedPublic = pair.getPublic().getEncoded();
            return new DeviceKey(
                    Arrays.copyOfRange(encodedPrivate, encodedPrivate.length - SEED_BYTES, encodedPrivate.length),
                    Arrays.copyOfRange(encodedPublic, encodedPublic.length - PUBLIC_BYTES, encodedPublic.length));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK from 15 on has Ed25519", e);
        }
    }

    /**
     * Reads what {@link #text} wrote.
     *
     * @throws IllegalArgumentException if it is not that, or its halves do not belong together
     */
    public static DeviceKey parse(String text) {
        String[] lines = text.strip().lines().toArray(String[]::new);
        if (lines.length != 3 || !lines[0].equals(TEXT_HEADER)) {
            throw new IllegalArgumentException(
                    "not a device key: expected three lines, the first '" + TEXT_HEADER + "'");
        }
        byte[] seed = HexFormat.of().parseHex(lines[1]);
        byte[] publicKey = HexFormat.of().parseHex(lines[2]);
        if (seed.length != SEED_BYTES || publicKey.length != PUBLIC_BYTES) {
            throw new IllegalArgumentException("not a device key: its halves have 32 bytes each");
        }
        try {
            DeviceKey key = new DeviceKey(seed, publicKey);
            if (!verify(publicKey, publicKey, key.sign(publicKey))) {
                throw new IllegalArgumentException("not a device key: its halves do not belong together");
            }
            return key;
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("not a device key", e);
        }
    }

    /** The key as it is kept in a file. A secret. */
    public String text() {
        HexFormat hex = HexFormat.of();
        return TEXT_HEADER + "\n" + hex.formatHex(seed) + "\n" + hex.formatHex(publicKey) + "\n";
    }

    /** The name of the device. */
    public DeviceId id() {
        return DeviceId.ofPublicKey(publicKey);
    }

    /** The public half, 32 bytes, in a new array. */
    public byte[] publicKey() {
        return publicKey.clone();
    }

    /** Signs {@code message}. */
    public byte[] sign(byte[] message) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(privateKey);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK from 15 on has Ed25519", e);
        }
    }

    /** Asks a server to list this device. */
    public Greeting.Enrol enrol(
            Greeting.HelloAnswer hello, @Nullable Fingerprint fingerprint, String code, String name) {
        byte[] claim = Claims.enrolment(hello.server(), fingerprint, hello.nonce(), code, publicKey, name);
        return new Greeting.Enrol(code, publicKey(), name, hello.nonce(), sign(claim));
    }

    /** Mints a token for one session. */
    public Greeting.Token token(Greeting.HelloAnswer hello, @Nullable Fingerprint fingerprint, RepositoryName name) {
        byte[] claim = Claims.token(id(), hello.server(), fingerprint, name, hello.nonce());
        return new Greeting.Token(id(), hello.server(), name, hello.nonce(), sign(claim));
    }

    /** Mints a token for one TLS connection. */
    public Greeting.ChannelToken channelToken(
            Greeting.HelloAnswer hello,
            @Nullable Fingerprint fingerprint,
            RepositoryName name,
            ChannelBinding channel) {
        byte[] greeting = Claims.greeting(hello);
        byte[] claim = Claims.channelToken(id(), greeting, fingerprint, name, channel);
        return new Greeting.ChannelToken(id(), greeting, sign(claim));
    }

    /** Whether {@code signature} is that of {@code message} by the key with this public half; false for any nonsense. */
    public static boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
        if (publicKey.length != PUBLIC_BYTES || signature.length != SIGNATURE_BYTES) {
            return false;
        }
        try {
            Signature verification = Signature.getInstance(ALGORITHM);
            verification.initVerify(KeyFactory.getInstance(ALGORITHM)
                    .generatePublic(new X509EncodedKeySpec(concatenation(PUBLIC_PREFIX, publicKey))));
            verification.update(message);
            return verification.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static byte[] concatenation(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    @Override
    public String toString() {
        return "DeviceKey[" + id() + "]";
    }
}
