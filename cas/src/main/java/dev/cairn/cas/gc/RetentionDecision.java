package dev.cairn.cas.gc;

import java.util.List;

/**
 * What a policy decided about a snapshot.
 *
 * @param rules those that keep it, in words; empty if none does
 */
public record RetentionDecision(RetentionCandidate candidate, List<String> rules) {

    public RetentionDecision {
        rules = List.copyOf(rules);
    }

    /** Whether it stays, by a rule or because nothing may take it away. */
    public boolean isKept() {
        return !rules.isEmpty() || !candidate.exempt().isEmpty();
    }

    /** Why it stays; empty if it does not. */
    public List<String> reasons() {
        return java.util.stream.Stream.concat(candidate.exempt().stream(), rules.stream())
                .toList();
    }
}
