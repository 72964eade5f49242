package dev.cairn.cas.seal;

import com.google.protobuf.ByteString;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.RepositoryId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * Says that a holder of the repository's root secret admitted a replica. Checked by {@link Roster#verify}; until then it is
 * only a claim.
 *
 * @param publicKey Ed25519, 32 bytes
 * @param name for people: the host's name, as a rule; may be empty
 * @param mac under the roster key
 */
public record ReplicaCertificate(ReplicaId replica, byte[] publicKey, String name, Instant created, byte[] mac) {

    /** The longest name, in bytes of UTF-8. */
    public static final int NAME_BYTES_MAX = 255;

    public ReplicaCertificate {
        if (publicKey.length != Ed25519.KEY_BYTES || mac.length != Derivation.MAC_BYTES) {
            throw new IllegalArgumentException(
                    "a public key and a mac have 32 bytes, not %d and %d".formatted(publicKey.length, mac.length));
        }
        int nameBytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (nameBytes > NAME_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "the replica's name has %d bytes, more than %d".formatted(nameBytes, NAME_BYTES_MAX));
        }
    }

    /** The certificate as it stands in messages and files. */
    public dev.cairn.cas.seal.wire.ReplicaCertificate toWire() {
        return dev.cairn.cas.seal.wire.ReplicaCertificate.newBuilder()
                .setReplica(ByteString.copyFrom(replica.bytes()))
                .setPublicKey(ByteString.copyFrom(publicKey))
                .setName(name)
                .setCreated(Timestamps.toWire(created))
                .setMac(ByteString.copyFrom(mac))
                .build();
    }

    /**
     * Reads a certificate, without checking what only a holder of the key can.
     *
     * @throws CorruptDataException if a field is not of its form
     */
    public static ReplicaCertificate fromWire(dev.cairn.cas.seal.wire.ReplicaCertificate wire, String where) {
        try {
            return new ReplicaCertificate(
                    ReplicaId.of(wire.getReplica().toByteArray()),
                    wire.getPublicKey().toByteArray(),
                    wire.getName(),
                    Timestamps.fromWire(wire.getCreated()),
                    wire.getMac().toByteArray());
        } catch (IllegalArgumentException e) {
            throw CorruptDataException.because(where, "not a replica certificate: " + e.getMessage(), e);
        }
    }

    /** What the mac is of, after its label: every field before the last has a fixed length. */
    static byte[] authenticated(
            RepositoryId repository, ReplicaId replica, byte[] publicKey, String name, Instant created) {
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        int fixed = RepositoryId.BYTES + ReplicaId.BYTES + Ed25519.KEY_BYTES + Long.BYTES + Integer.BYTES;
        return ByteBuffer.allocate(fixed + nameBytes.length)
                .put(repository.bytes())
                .put(replica.bytes())
                .put(publicKey)
                .putLong(created.getEpochSecond())
                .putInt(created.getNano())
                .put(nameBytes)
                .array();
    }

    @Override
    public String toString() {
        return "replica %s (%s)".formatted(replica, name);
    }
}
