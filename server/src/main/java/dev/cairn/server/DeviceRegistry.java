package dev.cairn.server;

import dev.cairn.replicator.protocol.DeviceId;
import dev.cairn.replicator.protocol.DeviceKey;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProblemException;
import dev.cairn.replicator.protocol.RepositoryName;
import dev.cairn.replicator.protocol.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The devices that a server lets in, and the codes by which further ones enrol. Kept in the server's data folder: commands may
 * read and change it while a server runs on that folder, which follows at its next request.
 *
 * <p>Thread-safe, also across processes; blocks on I/O. What a method did is durable when it returns. Every method throws
 * {@link dev.cairn.cas.CorruptDataException} where the list is damaged and {@link dev.cairn.cas.StoreAccessException} where
 * it cannot be read or written.
 */
public final class DeviceRegistry {

    /** How long a code may be used if nothing else is said. */
    public static final Duration CODE_VALIDITY = Duration.ofDays(1);

    private final AccessFile file;
    private final InstantSource clock;

    DeviceRegistry(AccessFile file, InstantSource clock) {
        this.file = file;
        this.clock = clock;
    }

    /**
     * The registry of the server whose data folder this is.
     *
     * @throws dev.cairn.cas.NoRepositoryException if it is not one
     */
    public static DeviceRegistry open(Path dataFolder) {
        return DataFolder.existing(dataFolder).registry(InstantSource.system());
    }

    /**
     * Makes a code by which one device can enrol, once.
     *
     * @param scope what the device may see; whether tenant and repository exist is not asked
     * @return the code, which is kept nowhere: 25 letters and digits in groups, 125 random bits
     */
    public String issueCode(Scope scope, Role role, Duration validity) {
        if (validity.isNegative() || validity.isZero()) {
            throw new IllegalArgumentException("a code must be valid for some time, not " + validity);
        }
        String code = EnrolmentCode.random();
        Instant now = clock.instant();
        AccessList.Code entry =
                new AccessList.Code(EnrolmentCode.hash(code), scope, role, now, now.plus(validity), null);
        file.update(list -> list.with(entry, now));
        return code;
    }

    /** Every device that was ever let in, in the order of their enrolment. */
    public List<Device> devices() {
        return file.read().grants().stream().map(AccessList.Grant::device).toList();
    }

    /**
     * Shuts a device out, from its next request on.
     *
     * @return whether it was let in before
     */
    public boolean revoke(DeviceId id) {
        Instant now = clock.instant();
        boolean[] found = new boolean[1];
        file.update(list -> {
            found[0] = list.publicKey(id).isPresent();
            return found[0] ? list.without(id, now) : list;
        });
        return found[0];
    }

    /** Whether some device is let in as an admin of everything. */
    boolean hasAdmin() {
        return file.read().grants().stream()
                .anyMatch(grant -> grant.revoked() == null
                        && grant.role() == Role.ADMIN
                        && grant.scope().equals(Scope.ALL));
    }

    /** The key of a device that is let in somewhere. */
    Optional<byte[]> publicKey(DeviceId id) {
        return file.read().publicKey(id);
    }

    /** What a device may do there; empty if nothing. */
    Optional<Role> role(DeviceId id, RepositoryName name) {
        return file.read().role(id, name);
    }

    /** The number of a device, above 0 and the same for ever; 0 if it was never let in. */
    int uploader(DeviceId id) {
        return file.read().uploader(id);
    }

    /** Whether {@code code} may be used, or was by the holder of this key. Cheaper than {@link #enrol}. */
    boolean accepts(String code, byte[] publicKey) {
        AccessList list = file.read();
        Secrets.Hash hash = EnrolmentCode.hash(code);
        return list.code(hash).filter(entry -> entry.isPending(clock.instant())).isPresent()
                || repeated(list, hash, publicKey).isPresent();
    }

    /**
     * Lets a device in by a code. The same key repeating the same code gets the same answer.
     *
     * @throws ProblemException if the code is unknown, too old, used by another, or the device was shut out since
     */
    Device enrol(String code, byte[] publicKey, String name) {
        if (publicKey.length != DeviceKey.PUBLIC_BYTES) {
            throw new IllegalArgumentException("a public key has 32 bytes, not " + publicKey.length);
        }
        Instant now = clock.instant();
        Secrets.Hash hash = EnrolmentCode.hash(code);
        AccessList after = file.update(list -> {
            if (repeated(list, hash, publicKey).isPresent()) {
                return list;
            }
            AccessList.Code entry =
                    list.code(hash).filter(pending -> pending.isPending(now)).orElseThrow(DeviceRegistry::refused);
            return list.with(
                    new AccessList.Grant(publicKey, name, entry.scope(), entry.role(), now, null, hash), entry);
        });
        return repeated(after, hash, publicKey)
                .orElseThrow(DeviceRegistry::refused)
                .device();
    }

    private static Optional<AccessList.Grant> repeated(AccessList list, Secrets.Hash code, byte[] publicKey) {
        return list.grantOf(code)
                .filter(grant -> grant.revoked() == null
                        && DeviceId.ofPublicKey(publicKey).equals(grant.id()));
    }

    static ProblemException refused() {
        return new ProblemException(Problem.of(
                ProblemCode.ENROLMENT_REFUSED,
                "the enrolment code is unknown, used already, or too old",
                "Ask whoever runs the server for a new one ('cairn device enrol' there)."));
    }
}
