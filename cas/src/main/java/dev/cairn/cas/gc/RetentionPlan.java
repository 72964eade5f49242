package dev.cairn.cas.gc;

import dev.cairn.cas.ObjectId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a policy makes of the snapshots of a repository, group by group. A snapshot that stands in several groups stays if any of
 * them keeps it.
 */
public final class RetentionPlan {

    private final Map<String, List<RetentionDecision>> groups;

    private RetentionPlan(Map<String, List<RetentionDecision>> groups) {
        this.groups = groups;
    }

    /**
     * A plan; nothing is done.
     *
     * @param groups the history of each branch, by its name; a snapshot may stand in several
     * @param now by the wall; only tells what is in the future
     */
    public static RetentionPlan of(RetentionPolicy policy, Map<String, List<RetentionCandidate>> groups, Instant now) {
        Map<String, List<RetentionDecision>> decided = new LinkedHashMap<>();
        groups.forEach((name, group) -> decided.put(name, policy.decide(group, now)));
        return new RetentionPlan(decided);
    }

    /** The decisions of each group, the newest snapshot first. */
    public Map<String, List<RetentionDecision>> groups() {
        return java.util.Collections.unmodifiableMap(groups);
    }

    /**
     * Groups of which no rule keeps any snapshot. Such a policy was hardly meant for them: a tag that nothing has, a branch that
     * rests. Whoever carries the plan out refuses it.
     */
    public List<String> emptied() {
        return groups.entrySet().stream()
                .filter(group -> !group.getValue().isEmpty()
                        && group.getValue().stream()
                                .allMatch(decision -> decision.rules().isEmpty()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** What is to be forgotten, the newest first, each once. */
    public List<RetentionCandidate> removed() {
        Set<ObjectId> kept = new HashSet<>();
        Map<ObjectId, RetentionCandidate> all = new LinkedHashMap<>();
        groups.values()
                .forEach(group -> group.forEach(decision -> {
                    ObjectId id = decision.candidate().snapshot();
                    all.put(id, decision.candidate());
                    if (decision.isKept()) {
                        kept.add(id);
                    }
                }));
        all.keySet().removeAll(kept);
        List<RetentionCandidate> removed = new ArrayList<>(all.values());
        removed.sort(RetentionCandidate.NEWEST_FIRST);
        return removed;
    }
}
