package dev.cairn.cas.seal;

import com.google.protobuf.ByteString;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.seal.wire.Revocation;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Replicas whose signature counts no longer, and those of their snapshots that do count: the ones that were there when it was
 * decided, by id. A sequence or a time would not tell them apart, since whoever has the replica's key writes what he likes there.
 * An id is known by its first 16 bytes: to find another snapshot with the same takes 2^114 tries, however many are accepted.
 *
 * <p>Immutable; may be used from any thread.
 */
public final class Revocations {

    /** The most revoked replicas. */
    public static final int REPLICAS_MAX = 256;

    /** The most snapshots that are accepted, of all revoked replicas together: 256 KiB of a configuration. */
    public static final int ACCEPTED_MAX = 16 << 10;

    private static final int PREFIX_BYTES = 16;
    // Written out, since every start has them made: the JDK's comparators of keys are classes that it makes while it
    // runs.
    private static final Comparator<ReplicaId> REPLICAS = (one, other) ->
            one.high() != other.high() ? Long.compare(one.high(), other.high()) : Long.compare(one.low(), other.low());
    private static final Comparator<Prefix> PREFIXES = (one, other) -> one.high != other.high
            ? Long.compareUnsigned(one.high, other.high)
            : Long.compareUnsigned(one.low, other.low);

    /** None. */
    public static final Revocations NONE = new Revocations(new TreeMap<>(REPLICAS));

    private final SortedMap<ReplicaId, Revoked> replicas;

    private record Prefix(long high, long low) {
        static Prefix of(ObjectId id) {
            ByteBuffer bytes = ByteBuffer.wrap(id.bytes());
            return new Prefix(bytes.getLong(), bytes.getLong());
        }
    }

    private record Revoked(Instant at, SortedSet<Prefix> accepted) {
        Revoked and(Revoked other) {
            SortedSet<Prefix> all = new TreeSet<>(accepted);
            all.addAll(other.accepted);
            return new Revoked(at.isBefore(other.at) ? at : other.at, all);
        }
    }

    private Revocations(SortedMap<ReplicaId, Revoked> replicas) {
        int accepted = replicas.values().stream()
                .mapToInt(revoked -> revoked.accepted.size())
                .sum();
        if (replicas.size() > REPLICAS_MAX || accepted > ACCEPTED_MAX) {
            throw new IllegalArgumentException("at most %d revoked replicas with %d accepted snapshots, not %d with %d"
                    .formatted(REPLICAS_MAX, ACCEPTED_MAX, replicas.size(), accepted));
        }
        this.replicas = Collections.unmodifiableSortedMap(replicas);
    }

    static Revocations fromWire(List<Revocation> wire) {
        SortedMap<ReplicaId, Revoked> replicas = new TreeMap<>(REPLICAS);
        for (Revocation one : wire) {
            ByteBuffer accepted = one.getAccepted().asReadOnlyByteBuffer();
            if (accepted.remaining() % PREFIX_BYTES != 0) {
                throw new IllegalArgumentException(accepted.remaining() + " bytes of accepted snapshots");
            }
            SortedSet<Prefix> prefixes = new TreeSet<>(PREFIXES);
            while (accepted.hasRemaining()) {
                prefixes.add(new Prefix(accepted.getLong(), accepted.getLong()));
            }
            Revoked revoked = new Revoked(Timestamps.fromWire(one.getRevoked()), prefixes);
            if (replicas.put(ReplicaId.of(one.getReplica().toByteArray()), revoked) != null) {
                throw new IllegalArgumentException("a replica that is revoked twice");
            }
        }
        return new Revocations(replicas);
    }

    List<Revocation> toWire() {
        return replicas.entrySet().stream()
                .map(entry -> {
                    SortedSet<Prefix> accepted = entry.getValue().accepted;
                    ByteBuffer bytes = ByteBuffer.allocate(PREFIX_BYTES * accepted.size());
                    accepted.forEach(prefix -> bytes.putLong(prefix.high).putLong(prefix.low));
                    return Revocation.newBuilder()
                            .setReplica(ByteString.copyFrom(entry.getKey().bytes()))
                            .setRevoked(Timestamps.toWire(entry.getValue().at))
                            .setAccepted(ByteString.copyFrom(bytes.array()))
                            .build();
                })
                .toList();
    }

    /**
     * These and one more.
     *
     * @param snapshots of that replica that stay accepted
     * @throws IllegalArgumentException if there are more than {@link #REPLICAS_MAX} or {@link #ACCEPTED_MAX}
     */
    public Revocations with(ReplicaId replica, Instant at, Collection<ObjectId> snapshots) {
        SortedSet<Prefix> accepted = new TreeSet<>(PREFIXES);
        snapshots.forEach(id -> accepted.add(Prefix.of(id)));
        SortedMap<ReplicaId, Revoked> one = new TreeMap<>(REPLICAS);
        one.put(replica, new Revoked(at, accepted));
        return and(new Revocations(one));
    }

    /** These and others: a replica that either revoked is revoked, a snapshot that either accepted is accepted. */
    Revocations and(Revocations others) {
        SortedMap<ReplicaId, Revoked> all = new TreeMap<>(REPLICAS);
        all.putAll(replicas);
        others.replicas.forEach((replica, revoked) -> all.merge(replica, revoked, Revoked::and));
        return new Revocations(all);
    }

    /** Whether a snapshot that a replica signed counts. */
    public boolean accepts(ReplicaId replica, ObjectId snapshot) {
        Revoked revoked = replicas.get(replica);
        return revoked == null || revoked.accepted.contains(Prefix.of(snapshot));
    }

    /** When a replica was revoked; null if it is not. */
    public @Nullable Instant revoked(ReplicaId replica) {
        Revoked revoked = replicas.get(replica);
        return revoked == null ? null : revoked.at;
    }

    /** The replicas that are revoked. */
    public Collection<ReplicaId> replicas() {
        return replicas.keySet();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Revocations that && replicas.equals(that.replicas);
    }

    @Override
    public int hashCode() {
        return replicas.hashCode();
    }

    @Override
    public String toString() {
        return replicas.size() + " revoked replicas";
    }
}
