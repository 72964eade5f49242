package dev.cairn.cas.gc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.ObjectId;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Policies over several groups, and spans of time as text. */
final class RetentionPlanTest {

    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    private static RetentionCandidate candidate(int number, List<String> exempt, String... tags) {
        return new RetentionCandidate(
                new ObjectId(number, 0, 0, 0), number, NOW.minusSeconds(1000 - number), Set.of(tags), exempt);
    }

    private static RetentionPolicy last(int count, String... tags) {
        return new RetentionPolicy(count, Map.of(), null, Set.of(tags), ZoneId.of("UTC"));
    }

    private static List<Integer> removed(RetentionPlan plan) {
        return plan.removed().stream().map(one -> (int) one.sequence()).toList();
    }

    @Test
    void removed_snapshotThatAnotherGroupKeeps_stays() {
        RetentionCandidate shared = candidate(1, List.of());
        Map<String, List<RetentionCandidate>> groups = Map.of(
                "main", List.of(shared, candidate(2, List.of()), candidate(3, List.of())), "old", List.of(shared));
        RetentionPlan plan = RetentionPlan.of(last(1), groups, NOW);
        assertThat(removed(plan)).containsExactly(2);
        assertThat(plan.emptied()).isEmpty();
        assertThat(plan.groups()).containsOnlyKeys("main", "old");
    }

    @Test
    void removed_exemptSnapshots_neverGo() {
        RetentionCandidate pinned = candidate(1, List.of("pinned"));
        Map<String, List<RetentionCandidate>> groups =
                Map.of("main", List.of(pinned, candidate(2, List.of()), candidate(3, List.of("head of main"))));
        RetentionPlan plan = RetentionPlan.of(last(1), groups, NOW);
        assertThat(removed(plan)).containsExactly(2);
        List<RetentionDecision> decided = plan.groups().getOrDefault("main", List.of());
        assertThat(decided.getLast().reasons()).containsExactly("pinned");
        assertThat(decided.getFirst().reasons()).containsExactly("head of main", "last");
    }

    @Test
    void emptied_groupOfWhichNoRuleKeepsAny_isNamed() {
        Map<String, List<RetentionCandidate>> groups = Map.of(
                "main",
                List.of(candidate(1, List.of(), "t"), candidate(2, List.of("head of main"))),
                "other",
                List.of(candidate(3, List.of()), candidate(4, List.of("head of other"))),
                "empty",
                List.of());
        assertThat(RetentionPlan.of(last(0, "t"), groups, NOW).emptied()).containsExactly("other");
        assertThat(RetentionPlan.of(last(0, "t"), Map.of(), NOW).emptied()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1y", "6mo", "2w", "10d", "36h", "1y6mo2w10d36h", "0y1d"})
    void parse_span_isRead(String text) {
        assertThat(RetentionSpan.parse(text).text()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1m", "d", "1d1y", "1d1d", "0d", "-1d", "1.5y", "1 d", "99999y", "30s"})
    void parse_noSpan_isRefused(String text) {
        assertThatThrownBy(() -> RetentionSpan.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void before_monthsOfDifferentLength_endWhereTheMonthDoes() {
        ZoneId utc = ZoneId.of("UTC");
        assertThat(RetentionSpan.parse("1mo").before(Instant.parse("2026-03-31T10:00:00Z"), utc))
                .isEqualTo(Instant.parse("2026-02-28T10:00:00Z"));
        assertThat(RetentionSpan.parse("9999y").before(Instant.MIN.plusSeconds(1), utc))
                .as("before the calendar begins")
                .isEqualTo(Instant.MIN);
    }
}
