package dev.cairn.replicator;

import dev.cairn.cas.Branch;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RepositoryId;
import dev.cairn.replicator.protocol.LogHead;
import dev.cairn.replicator.protocol.ProtocolLimits;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a user last saw of a remote's repository: what {@link RollbackWatch} compares with. Only what was verified under the
 * repository's keys stands here. Immutable.
 *
 * @param configuration the highest signed revision of the public configuration that the remote had; 0 if none was seen
 * @param heads where each branch pointed, by its name
 * @param log how far the server's log went; null if it kept none
 */
public record Sighting(
        RepositoryId repository,
        long configuration,
        Map<String, Head> heads,
        @Nullable LogHead log) {

    /** The most branches that are remembered: no remote may have more. */
    public static final int HEADS_MAX = ProtocolLimits.BRANCHES_MAX;

    /**
     * Where a branch pointed.
     *
     * @param sequence the snapshot's place in its history, as its maker signed it
     * @param seen when, by this machine's clock: for people, nothing is decided by it
     */
    public record Head(ObjectId snapshot, long sequence, Instant seen) {
        public Head {
            if (sequence < 0) {
                throw new IllegalArgumentException("sequence (%d) must not be negative".formatted(sequence));
            }
            Objects.requireNonNull(seen);
        }
    }

    public Sighting {
        if (configuration < 0 || heads.size() > HEADS_MAX) {
            throw new IllegalArgumentException("configuration (%d) must not be negative, heads (%d) at most %d"
                    .formatted(configuration, heads.size(), HEADS_MAX));
        }
        heads.keySet().forEach(Branch::requireName);
        heads = Map.copyOf(heads);
    }

    /** The same without what was seen of one branch: the user deleted it there himself. */
    public Sighting without(String branch) {
        Map<String, Head> left = new TreeMap<>(heads);
        left.remove(branch);
        return new Sighting(repository, configuration, left, log);
    }

    private static @Nullable LogHead further(@Nullable LogHead ours, @Nullable LogHead theirs) {
        return ours == null || (theirs != null && theirs.sequence() > ours.sequence()) ? theirs : ours;
    }

    /** This one and what another process saw meanwhile: of each the further. Of two repositories this one's counts. */
    Sighting and(@Nullable Sighting other) {
        if (other == null || !other.repository().equals(repository)) {
            return this;
        }
        Map<String, Head> furthest = new TreeMap<>(other.heads());
        heads.forEach((name, head) ->
                furthest.merge(name, head, (theirs, ours) -> theirs.sequence() > ours.sequence() ? theirs : ours));
        if (furthest.size() > HEADS_MAX) {
            furthest.keySet().retainAll(heads.keySet());
        }
        return new Sighting(
                repository, Math.max(configuration, other.configuration()), furthest, further(log, other.log()));
    }
}
