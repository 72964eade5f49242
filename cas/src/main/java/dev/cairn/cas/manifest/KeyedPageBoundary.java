package dev.cairn.cas.manifest;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA-256 as a {@link PageBoundary}. One MAC under a lock: a builder calls from one thread, so it is uncontended. */
final class KeyedPageBoundary implements PageBoundary {

    private static final String ALGORITHM = "HmacSHA256";

    private final Mac mac;
    private final byte[] digest;

    KeyedPageBoundary(byte[] manifestKey) {
        try {
            mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(manifestKey, ALGORITHM));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
        digest = new byte[mac.getMacLength()];
    }

    @Override
    public synchronized long hash(int level, byte[] key) {
        mac.update((byte) level);
        mac.update(key);
        try {
            mac.doFinal(digest, 0);
        } catch (ShortBufferException e) {
            throw new IllegalStateException("the digest has the length that the MAC named", e);
        }
        return ByteBuffer.wrap(digest).getLong();
    }
}
