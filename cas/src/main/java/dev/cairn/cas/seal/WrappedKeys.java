package dev.cairn.cas.seal;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.seal.wire.SealKey;
import dev.cairn.cas.seal.wire.WrappedSecrets;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.TreeMap;
import javax.crypto.AEADBadTagException;

/**
 * A repository's keys, sealed to the public key of a slot: ephemeral X25519 public key (32) || nonce (24) || {@code
 * WrappedSecrets} under XAES-256-GCM. Whoever has the keys can seal them to every slot, new epochs included, without
 * knowing the secret of any.
 */
final class WrappedKeys {

    /** The most bytes: 4096 epochs take 42 each. */
    static final int BYTES_MAX = 256 << 10;

    private static final String KEY_LABEL = "cairn slot wrapping 1";
    private static final byte[] LABEL = "cairn slot secrets 1".getBytes(StandardCharsets.US_ASCII);
    private static final int CLEAR_BYTES = X25519.KEY_BYTES + Xaes256Gcm.NONCE_BYTES;
    private static final byte[] NO_SALT = {};

    private WrappedKeys() {}

    static byte[] wrap(RepositoryKeys keys, byte[] slotPublicKey, byte[] slotHeader, Entropy entropy) {
        WrappedSecrets.Builder secrets = WrappedSecrets.newBuilder()
                .setRoot(ByteString.copyFrom(keys.root().copy()));
        keys.sealKeys()
                .forEach((epoch, key) -> secrets.addSealKeys(
                        SealKey.newBuilder().setEpoch(epoch).setKey(ByteString.copyFrom(key.copy()))));
        byte[] plain = secrets.build().toByteArray();
        Secret ephemeral = Secret.random(entropy);
        byte[] ephemeralPublicKey = X25519.publicKey(ephemeral);
        byte[] wrapped = new byte[CLEAR_BYTES + plain.length + Xaes256Gcm.TAG_BYTES];
        ByteBuffer.wrap(wrapped)
                .put(ephemeralPublicKey)
                .put(entropy.bytes(Xaes256Gcm.NONCE_BYTES))
                .put(plain);
        try {
            cipher(X25519.agree(ephemeral, slotPublicKey), ephemeralPublicKey, slotPublicKey)
                    .seal(
                            wrapped,
                            X25519.KEY_BYTES,
                            wrapped,
                            CLEAR_BYTES,
                            plain.length,
                            associated(keys.repositoryId(), slotHeader));
        } catch (InvalidKeyException e) {
            throw CorruptDataException.because("key slot", "its public key is of small order", e);
        }
        return wrapped;
    }

    /**
     * Opens them.
     *
     * @throws CorruptDataException if they were not sealed for this slot and repository, or hold other keys than the
     *     repository's
     */
    static RepositoryKeys unwrap(
            byte[] wrapped,
            Secret slotPrivateKey,
            byte[] slotPublicKey,
            byte[] slotHeader,
            RepositoryId repositoryId,
            String where) {
        if (wrapped.length < CLEAR_BYTES + Xaes256Gcm.TAG_BYTES) {
            throw new CorruptDataException(where, "wrapped keys", wrapped.length + " bytes");
        }
        byte[] ephemeralPublicKey = Arrays.copyOf(wrapped, X25519.KEY_BYTES);
        try {
            byte[] plain = cipher(X25519.agree(slotPrivateKey, ephemeralPublicKey), ephemeralPublicKey, slotPublicKey)
                    .open(
                            wrapped,
                            X25519.KEY_BYTES,
                            wrapped,
                            CLEAR_BYTES,
                            wrapped.length - CLEAR_BYTES,
                            associated(repositoryId, slotHeader));
            RepositoryKeys keys = keys(WrappedSecrets.parseFrom(plain));
            if (!keys.repositoryId().equals(repositoryId)) {
                throw new CorruptDataException(
                        where, "the keys of repository " + repositoryId, "those of " + keys.repositoryId());
            }
            return keys;
        } catch (AEADBadTagException | InvalidKeyException e) {
            throw CorruptDataException.because(where, "the wrapped keys are not as they were sealed", e);
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw CorruptDataException.because(where, "the wrapped keys are malformed", e);
        }
    }

    private static RepositoryKeys keys(WrappedSecrets secrets) {
        if (secrets.getSealKeysCount() > RepositoryKeys.EPOCHS_MAX) {
            throw new IllegalArgumentException(secrets.getSealKeysCount() + " epochs");
        }
        NavigableMap<Integer, Secret> sealKeys = new TreeMap<>();
        for (SealKey key : secrets.getSealKeysList()) {
            if (sealKeys.put(key.getEpoch(), Secret.of(key.getKey().toByteArray())) != null) {
                throw new IllegalArgumentException("epoch " + key.getEpoch() + " twice");
            }
        }
        return RepositoryKeys.of(Secret.of(secrets.getRoot().toByteArray()), sealKeys);
    }

    private static Xaes256Gcm cipher(byte[] shared, byte[] ephemeralPublicKey, byte[] slotPublicKey) {
        return new Xaes256Gcm(Derivation.derive(shared, NO_SALT, KEY_LABEL, ephemeralPublicKey, slotPublicKey));
    }

    private static Xaes256Gcm.Part[] associated(RepositoryId repositoryId, byte[] slotHeader) {
        return new Xaes256Gcm.Part[] {
            Xaes256Gcm.Part.of(LABEL), Xaes256Gcm.Part.of(repositoryId.bytes()), Xaes256Gcm.Part.of(slotHeader)
        };
    }
}
