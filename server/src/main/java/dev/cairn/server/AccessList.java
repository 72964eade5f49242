package dev.cairn.server;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.replicator.protocol.DeviceId;
import dev.cairn.replicator.protocol.DeviceKey;
import dev.cairn.replicator.protocol.RepositoryName;
import dev.cairn.replicator.protocol.Role;
import dev.cairn.server.wire.Access;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who may do what, and the codes that let others in, at one moment. Immutable; thread-safe. */
final class AccessList {

    /** The most grants, those taken back included. */
    static final int GRANTS_MAX = 50_000;

    /** The most codes; used and old ones make room. */
    static final int CODES_MAX = 4096;

    /** How long a used code is remembered, so that a repeated enrolment gets its first answer. */
    private static final Duration USED_CODES_KEPT = Duration.ofDays(1);

    /** The most quotas. */
    static final int QUOTAS_MAX = 20_000;

    static final AccessList EMPTY = new AccessList(List.of(), List.of(), Map.of());

    private final List<Grant> grants;
    private final List<Code> codes;
    private final Map<Scope, Quota> quotas;
    private final Map<DeviceId, List<Grant>> byDevice = new HashMap<>();
    private final Map<DeviceId, Integer> uploaders = new HashMap<>();

    /** A device that was let in. */
    record Grant(
            byte[] publicKey,
            String name,
            Scope scope,
            Role role,
            Instant enrolled,
            @Nullable Instant revoked,
            Secrets.Hash code) {
        Grant {
            if (publicKey.length != DeviceKey.PUBLIC_BYTES) {
                throw new IllegalArgumentException("a public key has 32 bytes, not " + publicKey.length);
            }
        }

        DeviceId id() {
            return DeviceId.ofPublicKey(publicKey);
        }

        Device device() {
            return new Device(id(), name, scope, role, enrolled, revoked);
        }

        Grant revoked(Instant now) {
            return revoked != null ? this : new Grant(publicKey, name, scope, role, enrolled, now, code);
        }
    }

    /** A one-time code. */
    record Code(
            Secrets.Hash hash,
            Scope scope,
            Role role,
            Instant created,
            Instant expires,
            @Nullable Instant used) {

        boolean isPending(Instant now) {
            return used == null && now.isBefore(expires);
        }
    }

    private AccessList(List<Grant> grants, List<Code> codes, Map<Scope, Quota> quotas) {
        this.quotas = Map.copyOf(quotas);
        this.grants = List.copyOf(grants);
        this.codes = List.copyOf(codes);
        int number = 0;
        for (Grant grant : grants) {
            byDevice.computeIfAbsent(grant.id(), id -> new ArrayList<>()).add(grant);
            uploaders.putIfAbsent(grant.id(), ++number);
        }
    }

    List<Grant> grants() {
        return grants;
    }

    List<Code> codes() {
        return codes;
    }

    /** The public key of a device that has a grant which holds. */
    Optional<byte[]> publicKey(DeviceId id) {
        return byDevice.getOrDefault(id, List.of()).stream()
                .filter(grant -> grant.revoked() == null)
                .map(Grant::publicKey)
                .findFirst();
    }

    /** The highest role that a device has there; empty if it has none. */
    Optional<Role> role(DeviceId id, RepositoryName name) {
        return byDevice.getOrDefault(id, List.of()).stream()
                .filter(grant -> grant.revoked() == null && grant.scope().covers(name))
                .map(Grant::role)
                .max(Role::compareTo);
    }

    /**
     * The number of a device: the place of its first grant in the list, from 1; 0 if it has none. Grants are never taken out, so it
     * stays. A number that is short, and that nobody can choose as one can the beginning of a key.
     */
    int uploader(DeviceId id) {
        return uploaders.getOrDefault(id, 0);
    }

    Optional<Code> code(Secrets.Hash hash) {
        return codes.stream().filter(code -> code.hash().equals(hash)).findFirst();
    }

    /** The grant that {@code code} was turned into. */
    Optional<Grant> grantOf(Secrets.Hash code) {
        return grants.stream().filter(grant -> grant.code().equals(code)).findFirst();
    }

    /** With one more code; codes that are of no use any more are dropped. */
    AccessList with(Code code, Instant now) {
        List<Code> kept = new ArrayList<>(codes);
        kept.removeIf(old -> !old.isPending(now)
                && (old.used() == null || old.used().plus(USED_CODES_KEPT).isBefore(now)));
        if (kept.size() >= CODES_MAX) {
            throw new IllegalArgumentException("there are %d enrolment codes already".formatted(kept.size()));
        }
        kept.add(code);
        return new AccessList(grants, kept, quotas);
    }

    /** With {@code code} turned into {@code grant}. */
    AccessList with(Grant grant, Code code) {
        if (grants.size() >= GRANTS_MAX) {
            throw new IllegalArgumentException("there are %d grants already".formatted(grants.size()));
        }
        List<Code> changed = new ArrayList<>(codes);
        changed.replaceAll(old -> old.hash().equals(code.hash())
                ? new Code(code.hash(), code.scope(), code.role(), code.created(), code.expires(), grant.enrolled())
                : old);
        List<Grant> more = new ArrayList<>(grants);
        more.add(grant);
        return new AccessList(more, changed, quotas);
    }

    /** With every grant of a device taken back. */
    AccessList without(DeviceId id, Instant now) {
        List<Grant> changed = new ArrayList<>(grants);
        changed.replaceAll(grant -> grant.id().equals(id) ? grant.revoked(now) : grant);
        return new AccessList(changed, codes, quotas);
    }

    /** What tenants and repositories may use; where there is none, as much as the server allows everybody. */
    Map<Scope, Quota> quotas() {
        return quotas;
    }

    /** With another quota. */
    AccessList with(Scope scope, Quota quota) {
        Map<Scope, Quota> changed = new HashMap<>(quotas);
        if (quota.equals(Quota.UNLIMITED)) {
            changed.remove(scope);
        } else {
            changed.put(scope, quota);
        }
        if (changed.size() > QUOTAS_MAX) {
            throw new IllegalArgumentException("there are %d quotas already".formatted(quotas.size()));
        }
        return changed.equals(quotas) ? this : new AccessList(grants, codes, changed);
    }

    byte[] encode() {
        Access.Builder builder = Access.newBuilder();
        for (Grant grant : grants) {
            Instant revoked = grant.revoked();
            builder.addGrants(dev.cairn.server.wire.Grant.newBuilder()
                    .setPublicKey(ByteString.copyFrom(grant.publicKey()))
                    .setName(grant.name())
                    .setTenant(grant.scope().tenant())
                    .setRepository(grant.scope().repository())
                    .setRole(wire(grant.role()))
                    .setEnrolled(grant.enrolled().toEpochMilli())
                    .setRevoked(revoked == null ? 0 : revoked.toEpochMilli())
                    .setCode(ByteString.copyFrom(grant.code().bytes())));
        }
        for (Code code : codes) {
            Instant used = code.used();
            builder.addCodes(dev.cairn.server.wire.Code.newBuilder()
                    .setHash(ByteString.copyFrom(code.hash().bytes()))
                    .setTenant(code.scope().tenant())
                    .setRepository(code.scope().repository())
                    .setRole(wire(code.role()))
                    .setCreated(code.created().toEpochMilli())
                    .setExpires(code.expires().toEpochMilli())
                    .setUsed(used == null ? 0 : used.toEpochMilli()));
        }
        quotas.forEach((scope, quota) -> builder.addQuotas(AccessQuotas.encode(scope, quota)));
        return builder.build().toByteArray();
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws CorruptDataException if it is not that
     */
    static AccessList decode(byte[] bytes, String where) {
        try {
            Access message = Access.parseFrom(bytes);
            if (message.getGrantsCount() > GRANTS_MAX || message.getCodesCount() > CODES_MAX) {
                throw new CorruptDataException(
                        where,
                        "at most %d grants and %d codes".formatted(GRANTS_MAX, CODES_MAX),
                        "%d and %d".formatted(message.getGrantsCount(), message.getCodesCount()));
            }
            List<Grant> grants = new ArrayList<>();
            for (dev.cairn.server.wire.Grant grant : message.getGrantsList()) {
                grants.add(new Grant(
                        grant.getPublicKey().toByteArray(),
                        grant.getName(),
                        new Scope(grant.getTenant(), grant.getRepository()),
                        role(grant.getRole()),
                        Instant.ofEpochMilli(grant.getEnrolled()),
                        instantOrNull(grant.getRevoked()),
                        new Secrets.Hash(grant.getCode().toByteArray())));
            }
            List<Code> codes = new ArrayList<>();
            for (dev.cairn.server.wire.Code code : message.getCodesList()) {
                codes.add(new Code(
                        new Secrets.Hash(code.getHash().toByteArray()),
                        new Scope(code.getTenant(), code.getRepository()),
                        role(code.getRole()),
                        Instant.ofEpochMilli(code.getCreated()),
                        Instant.ofEpochMilli(code.getExpires()),
                        instantOrNull(code.getUsed())));
            }
            return new AccessList(grants, codes, AccessQuotas.decode(message, where));
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw CorruptDataException.because(where, "not a list of devices: " + e.getMessage(), e);
        }
    }

    private static @Nullable Instant instantOrNull(long millis) {
        return millis == 0 ? null : Instant.ofEpochMilli(millis);
    }

    private static dev.cairn.server.wire.Role wire(Role role) {
        return switch (role) {
            case READ -> dev.cairn.server.wire.Role.READ;
            case APPEND -> dev.cairn.server.wire.Role.APPEND;
            case WRITE -> dev.cairn.server.wire.Role.WRITE;
            case ADMIN -> dev.cairn.server.wire.Role.ADMIN;
        };
    }

    /** A role that this version does not know lets nobody in by mistake: the file counts as damaged. */
    private static Role role(dev.cairn.server.wire.Role role) {
        return switch (role) {
            case READ -> Role.READ;
            case APPEND -> Role.APPEND;
            case WRITE -> Role.WRITE;
            case ADMIN -> Role.ADMIN;
            case ROLE_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalArgumentException("unknown role " + role);
        };
    }
}
