package dev.cairn.cas.seal;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.seal.wire.ReplicaFile;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.AEADBadTagException;

/**
 * What makes a replica itself: its certificate, and the Ed25519 key that signs its snapshots. May be used from any thread.
 */
public final class ReplicaIdentity {

    /** The largest file that {@link #toFile} writes, and that {@link #fromFile} reads. */
    public static final int FILE_BYTES_MAX = 4096;

    private static final byte[] FILE_LABEL = "cairn replica file 1".getBytes(StandardCharsets.US_ASCII);

    private final ReplicaCertificate certificate;
    private final Secret privateKey;

    private ReplicaIdentity(ReplicaCertificate certificate, Secret privateKey) {
        this.certificate = certificate;
        this.privateKey = privateKey;
    }

    /** A replica that was not there before, admitted to its repository. */
    public static ReplicaIdentity generate(Roster roster, String name, Instant created, Entropy entropy) {
        Secret privateKey = Secret.random(entropy);
        ReplicaId replica = ReplicaId.of(entropy.bytes(ReplicaId.BYTES));
        return new ReplicaIdentity(roster.certify(replica, Ed25519.publicKey(privateKey), name, created), privateKey);
    }

    /** The replica's name. */
    public ReplicaId id() {
        return certificate.replica();
    }

    /** What others check its signatures by. */
    public ReplicaCertificate certificate() {
        return certificate;
    }

    /** The Ed25519 signature of all parts, one after the other. Whoever calls puts a label of his own first. */
    public byte[] sign(byte[]... parts) {
        return Ed25519.sign(privateKey, parts);
    }

    /**
     * The identity as it rests on the replica's own disk.
     *
     * @param boundTo what a copy of the file would not share: the machine and the folder
     */
    public byte[] toFile(RepositoryKeys keys, byte[] boundTo, Entropy entropy) {
        byte[] nonce = entropy.bytes(Xaes256Gcm.NONCE_BYTES);
        byte[] sealed = Arrays.copyOf(nonce, Xaes256Gcm.NONCE_BYTES + Ed25519.KEY_BYTES + Xaes256Gcm.TAG_BYTES);
        System.arraycopy(privateKey.copy(), 0, sealed, Xaes256Gcm.NONCE_BYTES, Ed25519.KEY_BYTES);
        new Xaes256Gcm(keys.localKey())
                .seal(
                        nonce,
                        0,
                        sealed,
                        Xaes256Gcm.NONCE_BYTES,
                        Ed25519.KEY_BYTES,
                        associated(keys, certificate.replica(), boundTo));
        return ReplicaFile.newBuilder()
                .setCertificate(certificate.toWire())
                .setSealedKey(ByteString.copyFrom(sealed))
                .build()
                .toByteArray();
    }

    /**
     * Reads an identity back.
     *
     * @return empty if the file was bound to something else: the folder was copied, and needs an identity of its own. A file
     *     whose sealed part was damaged looks the same, and is replaced as well
     * @throws CorruptDataException if the file is not of its form, or its certificate is not this repository's
     */
    public static Optional<ReplicaIdentity> fromFile(RepositoryKeys keys, byte[] file, byte[] boundTo, String where) {
        if (file.length > FILE_BYTES_MAX) {
            throw new CorruptDataException(where, "at most " + FILE_BYTES_MAX + " bytes", file.length + " bytes");
        }
        ReplicaFile parsed;
        try {
            parsed = ReplicaFile.parseFrom(file);
        } catch (InvalidProtocolBufferException e) {
            throw CorruptDataException.because(where, "not a replica file: " + e.getMessage(), e);
        }
        ReplicaCertificate certificate = ReplicaCertificate.fromWire(parsed.getCertificate(), where);
        keys.roster().verify(certificate, where);
        byte[] sealed = parsed.getSealedKey().toByteArray();
        int length = Ed25519.KEY_BYTES + Xaes256Gcm.TAG_BYTES;
        if (sealed.length != Xaes256Gcm.NONCE_BYTES + length) {
            throw new CorruptDataException(
                    where,
                    "a sealed key of %d bytes".formatted(Xaes256Gcm.NONCE_BYTES + length),
                    sealed.length + " bytes");
        }
        try {
            byte[] key = new Xaes256Gcm(keys.localKey())
                    .open(
                            sealed,
                            0,
                            sealed,
                            Xaes256Gcm.NONCE_BYTES,
                            length,
                            associated(keys, certificate.replica(), boundTo));
            Secret privateKey = Secret.of(key);
            if (!Arrays.equals(Ed25519.publicKey(privateKey), certificate.publicKey())) {
                throw new CorruptDataException(where, "the key that the certificate names", "another");
            }
            return Optional.of(new ReplicaIdentity(certificate, privateKey));
        } catch (AEADBadTagException e) {
            return Optional.empty();
        }
    }

    private static Xaes256Gcm.Part[] associated(RepositoryKeys keys, ReplicaId replica, byte[] boundTo) {
        return new Xaes256Gcm.Part[] {
            Xaes256Gcm.Part.of(FILE_LABEL),
            Xaes256Gcm.Part.of(keys.repositoryId().bytes()),
            Xaes256Gcm.Part.of(replica.bytes()),
            Xaes256Gcm.Part.of(boundTo)
        };
    }

    @Override
    public String toString() {
        return certificate.toString();
    }
}
