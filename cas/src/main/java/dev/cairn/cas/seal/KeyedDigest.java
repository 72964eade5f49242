package dev.cairn.cas.seal;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;

/**
 * An HMAC-SHA-256 (RFC 2104) of what it is fed: names things by what only holders of the key can recompute, such as the rows of a
 * local table.
 *
 * <p>For one thread. Begins anew after {@link #finish}. Whoever feeds several parts sees to it that their lengths cannot be
 * confused.
 */
public final class KeyedDigest {

    private static final String HMAC = "HmacSHA256";

    private final Mac mac;

    /** A digest under {@code key}. */
    public KeyedDigest(Secret key) {
        try {
            mac = Mac.getInstance(HMAC);
            mac.init(key.key(HMAC));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no " + HMAC, e);
        }
    }

    /** Feeds one byte. */
    public KeyedDigest add(byte value) {
        mac.update(value);
        return this;
    }

    /** Feeds bytes. */
    public KeyedDigest add(byte[] bytes) {
        mac.update(bytes);
        return this;
    }

    /** The first {@code bytes} (at most 32) of the digest of all that was fed. */
    public byte[] finish(int bytes) {
        return Arrays.copyOf(mac.doFinal(), bytes);
    }
}
