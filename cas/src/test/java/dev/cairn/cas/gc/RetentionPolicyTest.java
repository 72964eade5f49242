package dev.cairn.cas.gc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.ObjectId;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which snapshots which rules keep. */
final class RetentionPolicyTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Instant NOW = at("2026-11-20T12:00");

    private final List<RetentionCandidate> group = new ArrayList<>();

    private static Instant at(String local) {
        return LocalDateTime.parse(local).atZone(BERLIN).toInstant();
    }

    private RetentionCandidate add(Instant time, String... tags) {
        long number = group.size() + 1L;
        RetentionCandidate candidate =
                new RetentionCandidate(new ObjectId(number, 0, 0, 0), number, time, Set.of(tags), List.of());
        group.add(candidate);
        return candidate;
    }

    private RetentionCandidate add(String local, String... tags) {
        return add(at(local), tags);
    }

    private static RetentionPolicy policy(
            int last, Map<RetentionPeriod, Integer> periods, @Nullable String within, String... tags) {
        return new RetentionPolicy(
                last, periods, within == null ? null : RetentionSpan.parse(within), Set.of(tags), BERLIN);
    }

    private static RetentionPolicy every(RetentionPeriod period, int count) {
        return policy(0, Map.of(period, count), null);
    }

    /** What is kept, as "number: reasons", the newest first. */
    private List<String> kept(RetentionPolicy policy) {
        List<RetentionCandidate> shuffled = new ArrayList<>(group);
        Collections.shuffle(shuffled, new Random(1));
        return policy.decide(shuffled, NOW).stream()
                .filter(RetentionDecision::isKept)
                .map(decision -> decision.candidate().sequence() + ": " + String.join(", ", decision.reasons()))
                .toList();
    }

    @Test
    void last_keepsThoseMadeLast_whateverTheirClocksSaid() {
        add("2026-11-01T10:00");
        add("2026-11-02T10:00");
        add(Instant.EPOCH);
        add(Instant.EPOCH.plusSeconds(1));
        assertThat(kept(policy(2, Map.of(), null))).containsExactly("4: last", "3: last");
        assertThat(kept(policy(RetentionPolicy.UNLIMITED, Map.of(), null))).hasSize(4);
    }

    @Test
    void last_sameSecond_goesByTheOrderOfMaking() {
        for (int i = 0; i < 5; i++) {
            add("2026-11-01T10:00");
        }
        assertThat(kept(policy(2, Map.of(), null))).containsExactly("5: last", "4: last");
        assertThat(kept(every(RetentionPeriod.HOURLY, 1))).containsExactly("5: hourly");
    }

    @Test
    void daily_keepsTheNewestOfEachDayThatHasOne() {
        add("2026-11-01T23:59");
        add("2026-11-02T00:00");
        add("2026-11-02T18:00");
        add("2026-11-09T08:00");
        add("2026-11-09T07:00");
        assertThat(kept(every(RetentionPeriod.DAILY, 2))).containsExactly("4: daily", "3: daily");
        assertThat(kept(every(RetentionPeriod.DAILY, 3))).containsExactly("4: daily", "3: daily", "1: daily");
    }

    @Test
    void daily_fewerDaysThanAskedFor_keepsTheOldestToo() {
        add("2026-11-02T06:00");
        add("2026-11-02T18:00");
        add("2026-11-03T18:00");
        assertThat(kept(every(RetentionPeriod.DAILY, 7))).containsExactly("3: daily", "2: daily", "1: oldest daily");
        assertThat(kept(every(RetentionPeriod.DAILY, 2)))
                .as("both days are there")
                .containsExactly("3: daily", "2: daily");
    }

    @Test
    void hourly_hourThatComesTwice_isTwo() {
        // On 25 October 2026 clocks in Berlin go back from 3:00 to 2:00.
        add(Instant.parse("2026-10-25T00:10:00Z"));
        add(Instant.parse("2026-10-25T00:40:00Z"));
        add(Instant.parse("2026-10-25T01:10:00Z"));
        add(Instant.parse("2026-10-25T02:10:00Z"));
        assertThat(kept(every(RetentionPeriod.HOURLY, 3))).containsExactly("4: hourly", "3: hourly", "2: hourly");
    }

    @Test
    void daily_daysOf23And25Hours_areDays() {
        // On 29 March 2026 clocks in Berlin go from 2:00 to 3:00.
        add("2026-03-28T23:30");
        add("2026-03-29T00:30");
        add("2026-03-29T23:30");
        add("2026-03-30T00:30");
        assertThat(kept(every(RetentionPeriod.DAILY, 3))).containsExactly("4: daily", "3: daily", "1: daily");
        group.clear();
        add("2026-10-25T00:30");
        add("2026-10-25T23:30");
        add("2026-10-26T00:30");
        assertThat(kept(every(RetentionPeriod.DAILY, 2))).containsExactly("3: daily", "2: daily");
    }

    @Test
    void daily_sameInstants_dependOnTheZone() {
        add(Instant.parse("2026-11-01T22:30:00Z"));
        add(Instant.parse("2026-11-01T23:30:00Z"));
        RetentionPolicy berlin = every(RetentionPeriod.DAILY, 2);
        RetentionPolicy utc = new RetentionPolicy(0, berlin.periods(), null, Set.of(), ZoneId.of("UTC"));
        assertThat(kept(berlin)).containsExactly("2: daily", "1: daily");
        assertThat(kept(utc)).containsExactly("2: daily", "1: oldest daily");
    }

    @Test
    void weekly_weeksBeginOnMondayAndCrossTheYear() {
        add("2026-12-27T12:00"); // Sunday
        add("2026-12-28T12:00"); // Monday
        add("2027-01-03T12:00"); // Sunday of the same week
        add("2027-01-04T12:00");
        assertThat(kept(every(RetentionPeriod.WEEKLY, 3))).containsExactly("4: weekly", "3: weekly", "1: weekly");
    }

    @Test
    void monthlyAndYearly_keepTheNewestOfEach() {
        add("2024-12-31T12:00");
        add("2025-01-01T12:00");
        add("2025-01-31T12:00");
        add("2025-12-31T12:00");
        add("2026-01-01T12:00");
        assertThat(kept(every(RetentionPeriod.MONTHLY, 3))).containsExactly("5: monthly", "4: monthly", "3: monthly");
        assertThat(kept(every(RetentionPeriod.YEARLY, 3))).containsExactly("5: yearly", "4: yearly", "1: yearly");
    }

    @Test
    void periods_clockThatWentBackAndForth_countsEachDayOnce() {
        add("2026-11-03T10:00");
        add("2026-11-01T10:00");
        add("2026-11-03T11:00");
        add("2026-11-02T10:00");
        assertThat(kept(every(RetentionPeriod.DAILY, 3))).containsExactly("3: daily", "4: daily", "2: daily");
    }

    @Test
    void within_goesBackFromTheNewestNotFromNow() {
        add("2025-01-01T12:00");
        add("2025-01-31T12:00");
        add("2025-02-01T12:00");
        assertThat(kept(policy(0, Map.of(), "1mo"))).containsExactly("3: within 1mo", "2: within 1mo");
        assertThat(kept(policy(0, Map.of(), "1mo1h")))
                .containsExactly("3: within 1mo1h", "2: within 1mo1h", "1: within 1mo1h");
    }

    @Test
    void within_snapshotOfTheFuture_isKeptAndNotMeasuredFrom() {
        add("2026-11-01T12:00");
        add("2026-11-10T12:00");
        add("2031-01-01T00:00");
        assertThat(kept(policy(0, Map.of(), "5d"))).containsExactly("3: within 5d", "2: within 5d");
        group.removeFirst();
        group.removeFirst();
        assertThat(kept(policy(0, Map.of(), "5d"))).containsExactly("3: within 5d");
    }

    @Test
    void within_dayOfAClockChange_isADay() {
        add("2026-03-28T12:00");
        add("2026-03-28T12:01");
        add("2026-03-29T12:00");
        assertThat(kept(policy(0, Map.of(), "1d"))).containsExactly("3: within 1d", "2: within 1d");
        assertThat(kept(policy(0, Map.of(), "23h")))
                .as("23 hours are a day then")
                .containsExactly("3: within 23h", "2: within 23h");
    }

    @Test
    void tags_anyOfThem_keeps() {
        add("2026-11-01T12:00", "release", "x");
        add("2026-11-02T12:00", "nightly");
        add("2026-11-03T12:00");
        assertThat(kept(policy(0, Map.of(), null, "release", "x"))).containsExactly("1: tag release, tag x");
    }

    @Test
    void rules_together_keepWhatAnyKeepsAndSayWhy() {
        add("2026-10-01T12:00", "keep");
        add("2026-11-01T12:00");
        add("2026-11-02T12:00");
        Map<RetentionPeriod, Integer> periods = new EnumMap<>(RetentionPeriod.class);
        periods.put(RetentionPeriod.DAILY, 1);
        periods.put(RetentionPeriod.MONTHLY, 2);
        assertThat(kept(policy(1, periods, "3h", "keep")))
                .containsExactly("3: last, daily, monthly, within 3h", "1: monthly, tag keep");
    }

    @Test
    void decide_emptyGroup_isEmpty() {
        assertThat(every(RetentionPeriod.DAILY, 3).decide(List.of(), NOW)).isEmpty();
        assertThat(policy(3, Map.of(), "1y").decide(List.of(), NOW)).isEmpty();
    }

    @Test
    void isEmpty_noRule_isTrue() {
        assertThat(policy(0, Map.of(RetentionPeriod.DAILY, 0), null).isEmpty()).isTrue();
        assertThat(policy(1, Map.of(), null).isEmpty()).isFalse();
        assertThat(policy(0, Map.of(), "1d").isEmpty()).isFalse();
        assertThat(policy(0, Map.of(), null, "t").isEmpty()).isFalse();
        assertThatThrownBy(() -> policy(-1, Map.of(), null)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void decide_manyRandomSnapshots_keepsAtMostWhatIsAskedAndTheNewest() {
        System.out.println("seed=77");
        Random random = new Random(77);
        for (int i = 0; i < 500; i++) {
            add(NOW.minusSeconds(random.nextInt(90_000_000)));
        }
        for (RetentionPeriod period : RetentionPeriod.values()) {
            List<RetentionDecision> decided = every(period, 6).decide(group, NOW);
            assertThat(decided.getFirst().isKept()).isTrue();
            assertThat(decided.stream().filter(RetentionDecision::isKept).count())
                    .as("%s", period)
                    .isBetween(1L, 6L);
        }
    }
}
