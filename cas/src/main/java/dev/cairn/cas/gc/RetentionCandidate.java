package dev.cairn.cas.gc;

import dev.cairn.cas.ObjectId;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * A snapshot as far as a policy looks at it.
 *
 * @param sequence orders the snapshots of a branch, whatever their clocks said
 * @param time what the clock of its machine said
 * @param tags those that hold now
 * @param exempt why it is kept whatever the policy says: it is pinned, a branch points at it; empty as a rule
 */
public record RetentionCandidate(
        ObjectId snapshot, long sequence, Instant time, Set<String> tags, List<String> exempt) {

    /** By the order in which they were made, the last first. */
    static final Comparator<RetentionCandidate> LAST_MADE_FIRST = Comparator.comparingLong(RetentionCandidate::sequence)
            .thenComparing(RetentionCandidate::time)
            .thenComparing(RetentionCandidate::snapshot)
            .reversed();

    /** By their clocks, the newest first; of the same time that made last. */
    static final Comparator<RetentionCandidate> NEWEST_FIRST = Comparator.comparing(RetentionCandidate::time)
            .thenComparingLong(RetentionCandidate::sequence)
            .thenComparing(RetentionCandidate::snapshot)
            .reversed();

    public RetentionCandidate {
        tags = Set.copyOf(tags);
        exempt = List.copyOf(exempt);
    }
}
