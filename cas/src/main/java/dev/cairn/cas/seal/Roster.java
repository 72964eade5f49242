package dev.cairn.cas.seal;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.RepositoryId;
import java.time.Instant;

/**
 * Who may sign snapshots of a repository: every replica that holds a certificate under the roster key, which derives from
 * the root secret. May be used from any thread.
 */
public final class Roster {

    private static final String LABEL = "cairn replica certificate 1";

    private final Secret key;
    private final RepositoryId repositoryId;

    Roster(Secret key, RepositoryId repositoryId) {
        this.key = key;
        this.repositoryId = repositoryId;
    }

    /** The repository whose replicas are certified. */
    public RepositoryId repositoryId() {
        return repositoryId;
    }

    /** Admits a replica. */
    public ReplicaCertificate certify(ReplicaId replica, byte[] publicKey, String name, Instant created) {
        byte[] fields = ReplicaCertificate.authenticated(repositoryId, replica, publicKey, name, created);
        return new ReplicaCertificate(replica, publicKey, name, created, Derivation.mac(key, LABEL, fields));
    }

    /**
     * Checks that a holder of the root secret admitted this replica.
     *
     * @throws CorruptDataException if not, or if a field was changed since
     */
    public void verify(ReplicaCertificate certificate, String where) {
        byte[] fields = ReplicaCertificate.authenticated(
                repositoryId,
                certificate.replica(),
                certificate.publicKey(),
                certificate.name(),
                certificate.created());
        if (!Derivation.verify(certificate.mac(), key, LABEL, fields)) {
            throw CorruptDataException.because(
                    where, "the certificate of " + certificate + " was not made with this repository's key", null);
        }
    }

    /**
     * Checks a certificate and a signature of its replica over all parts, one after the other.
     *
     * @throws CorruptDataException if either is wrong
     */
    public void verify(ReplicaCertificate certificate, byte[] signature, String where, byte[]... parts) {
        verify(certificate, where);
        if (!Ed25519.verify(certificate.publicKey(), signature, parts)) {
            throw CorruptDataException.because(where, "the signature of " + certificate + " is wrong", null);
        }
    }
}
