package dev.cairn.cli.key;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.seal.ReplicaCertificate;
import dev.cairn.cas.seal.ReplicaId;
import dev.cairn.cas.seal.Revocations;
import dev.cairn.cas.snapshot.SnapshotRecord;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The replicas that are known here: those that signed a retained snapshot, this one, and those that were revoked.
 *
 * @param refused snapshots that do not count: damaged, or signed by a revoked replica
 */
record RosterView(List<Member> members, int refused) {

    /**
     * One of them.
     *
     * @param name null where only its id is known
     * @param last when its newest snapshot was made
     */
    record Member(
            ReplicaId replica,
            @Nullable String name,
            @Nullable Instant created,
            int snapshots,
            @Nullable Instant last,
            @Nullable Instant revoked) {}

    private static final int PREFIX_DIGITS_MIN = 6;

    private record Signed(ReplicaCertificate certificate, int snapshots, Instant last) {
        Signed and(Signed other) {
            return new Signed(certificate, snapshots + other.snapshots, last.isAfter(other.last) ? last : other.last);
        }
    }

    static RosterView of(Repository repository) {
        Map<ReplicaId, Signed> signed = new LinkedHashMap<>();
        int refused = 0;
        for (RetainedSnapshot retained : repository.store().snapshots()) {
            try {
                SnapshotRecord snapshot = repository.snapshot(retained.snapshot());
                signed.merge(
                        snapshot.replica().replica(),
                        new Signed(snapshot.replica(), 1, snapshot.description().time()),
                        Signed::and);
            } catch (CorruptDataException e) {
                refused++;
            }
        }
        Revocations revocations = repository.configuration().revocations();
        List<Member> members = new ArrayList<>();
        signed.forEach((replica, one) -> members.add(new Member(
                replica,
                one.certificate.name(),
                one.certificate.created(),
                one.snapshots,
                one.last,
                revocations.revoked(replica))));
        revocations.replicas().stream()
                .filter(replica -> !signed.containsKey(replica))
                .forEach(
                        replica -> members.add(new Member(replica, null, null, 0, null, revocations.revoked(replica))));
        members.sort(Comparator.comparing(Member::created, Comparator.nullsLast(Comparator.<Instant>naturalOrder())));
        return new RosterView(List.copyOf(members), refused);
    }

    /** How many retained snapshots it signed. */
    int snapshots(ReplicaId replica) {
        return members.stream()
                .filter(member -> member.replica().equals(replica))
                .mapToInt(Member::snapshots)
                .sum();
    }

    /** The replica of that id, or of a unique beginning of it; any id that is written in full. */
    ReplicaId find(String text) {
        String digits = text.toLowerCase(Locale.ROOT);
        List<ReplicaId> found = members.stream()
                .map(Member::replica)
                .filter(replica -> replica.toString().startsWith(digits))
                .toList();
        if (digits.length() >= PREFIX_DIGITS_MIN && found.size() == 1) {
            return found.getFirst();
        }
        try {
            return ReplicaId.parse(digits);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    found.size() > 1
                            ? "%d replicas begin with '%s'".formatted(found.size(), text)
                            : "no replica '" + text + "'",
                    "'cairn roster list' shows which there are; %d digits of the id are enough."
                            .formatted(PREFIX_DIGITS_MIN));
        }
    }
}
