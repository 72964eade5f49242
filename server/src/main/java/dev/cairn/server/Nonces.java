package dev.cairn.server;

import dev.cairn.replicator.protocol.Greeting;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * The nonces that a server gives and takes back once. A nonce carries the time of its making by the server's monotonic clock
 * and a MAC under a key of this run, so that giving one costs no memory: strangers cannot fill a table by asking. What is
 * remembered are the nonces that were used, by listed devices, for as long as they could come again.
 *
 * <p>Format: nanoseconds 8 | random 8 | HMAC-SHA-256 of both, its first half 16. Thread-safe.
 */
final class Nonces {

    private static final int STAMP_BYTES = 16;
    private static final int USED_MAX = 1 << 17;

    private final LongSupplier nanoClock;
    private final long lifeNanos;
    private final int usedMax;
    private final KeyParameter key = new KeyParameter(Secrets.random(32));

    /** Used nonces and the time of their making; in the order of their use. */
    private final Map<ByteBuffer, Long> used = new LinkedHashMap<>();

    Nonces(LongSupplier nanoClock, Duration life) {
        this(nanoClock, life, USED_MAX);
    }

    /** @param usedMax the most used nonces that are remembered */
    Nonces(LongSupplier nanoClock, Duration life, int usedMax) {
        this.nanoClock = nanoClock;
        this.lifeNanos = life.toNanos();
        this.usedMax = usedMax;
    }

    /** A new nonce. */
    byte[] next() {
        byte[] stamp = ByteBuffer.allocate(STAMP_BYTES)
                .putLong(nanoClock.getAsLong())
                .put(Secrets.random(8))
                .array();
        return ByteBuffer.allocate(Greeting.SECRET_BYTES)
                .put(stamp)
                .put(mac(stamp))
                .array();
    }

    /** Whether {@code nonce} is of this server's run, not too old and not used. */
    boolean isFresh(byte[] nonce) {
        if (!isOwn(nonce) || isOld(madeAt(nonce))) {
            return false;
        }
        synchronized (used) {
            return !used.containsKey(ByteBuffer.wrap(nonce));
        }
    }

    /**
     * Uses {@code nonce} up.
     *
     * @return whether it was fresh until now
     * @throws ProblemException if more nonces are in use than can be remembered
     */
    boolean use(byte[] nonce) {
        if (!isOwn(nonce) || isOld(madeAt(nonce))) {
            return false;
        }
        synchronized (used) {
            if (used.size() >= usedMax) {
                used.values().removeIf(this::isOld);
                if (used.size() >= usedMax) {
                    throw new ProblemException(Problem.busy("the server opens too many sessions at once", 5));
                }
            }
            return used.putIfAbsent(ByteBuffer.wrap(nonce.clone()), madeAt(nonce)) == null;
        }
    }

    private boolean isOwn(byte[] nonce) {
        return nonce.length == Greeting.SECRET_BYTES
                && MessageDigest.isEqual(
                        mac(Arrays.copyOf(nonce, STAMP_BYTES)), Arrays.copyOfRange(nonce, STAMP_BYTES, nonce.length));
    }

    private boolean isOld(long madeAt) {
        return nanoClock.getAsLong() - madeAt > lifeNanos;
    }

    private static long madeAt(byte[] nonce) {
        return ByteBuffer.wrap(nonce).getLong();
    }

    private byte[] mac(byte[] stamp) {
        HMac mac = new HMac(new SHA256Digest());
        mac.init(key);
        mac.update(stamp, 0, stamp.length);
        byte[] full = new byte[mac.getMacSize()];
        mac.doFinal(full, 0);
        return Arrays.copyOf(full, Greeting.SECRET_BYTES - STAMP_BYTES);
    }
}
