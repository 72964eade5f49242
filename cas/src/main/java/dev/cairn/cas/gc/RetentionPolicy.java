package dev.cairn.cas.gc;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Rules by which snapshots are kept. A snapshot stays if any rule keeps it; each rule goes its own way, as if it were alone.
 *
 * <ul>
 *   <li><b>last</b>: the N that were made last, by sequence: a clock that went back does not make new snapshots old.
 *   <li><b>hourly to yearly</b>: of each of the newest N periods that have a snapshot the newest snapshot, by the clock and the
 *       calendar of {@code zone}. Where there are fewer than N periods, the oldest snapshot of all is kept too, so that history
 *       reaches back as far as it can until the periods fill up.
 *   <li><b>within</b>: all that are newer than a span before the newest one. One whose time is in the future is not taken for
 *       the newest, but is kept.
 *   <li><b>tags</b>: all that have any of these.
 * </ul>
 *
 * These are the rules of restic's {@code forget}, which people know; ours differ in the order of <i>last</i>, in that the hour
 * that comes twice in autumn is two, and in that a period counts once even where a clock went back and forth.
 *
 * @param last how many; 0 for no such rule
 * @param periods how many of each; {@link #UNLIMITED} for all
 */
public record RetentionPolicy(
        int last,
        Map<RetentionPeriod, Integer> periods,
        @Nullable RetentionSpan within,
        Set<String> tags,
        ZoneId zone) {

    /** As many as there are. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    public RetentionPolicy {
        periods = Map.copyOf(periods);
        tags = Set.copyOf(tags);
        if (last < 0 || periods.values().stream().anyMatch(count -> count < 0)) {
            throw new IllegalArgumentException("a number of snapshots to keep must not be negative");
        }
    }

    /** Whether there is no rule: then nothing would be kept, and nobody can have meant that. */
    public boolean isEmpty() {
        return last == 0
                && within == null
                && tags.isEmpty()
                && periods.values().stream().allMatch(count -> count == 0);
    }

    /**
     * Why each snapshot of a group is kept, the newest first; no reason where it is not. Costs the sorting.
     *
     * @param now by the wall; only tells what is in the future
     */
    List<RetentionDecision> decide(List<RetentionCandidate> group, Instant now) {
        Map<RetentionCandidate, List<String>> reasons = new HashMap<>();
        List<RetentionCandidate> newestFirst =
                group.stream().sorted(RetentionCandidate.NEWEST_FIRST).toList();
        group.stream().sorted(RetentionCandidate.LAST_MADE_FIRST).limit(last).forEach(one -> add(reasons, one, "last"));
        for (RetentionPeriod period : RetentionPeriod.values()) {
            keep(period, newestFirst, reasons);
        }
        keepWithin(newestFirst, now, reasons);
        for (RetentionCandidate one : newestFirst) {
            TreeSet<String> shared = new TreeSet<>(one.tags());
            shared.retainAll(tags);
            shared.forEach(tag -> add(reasons, one, "tag " + tag));
        }
        return newestFirst.stream()
                .map(one -> new RetentionDecision(one, reasons.getOrDefault(one, List.of())))
                .toList();
    }

    private void keep(
            RetentionPeriod period,
            List<RetentionCandidate> newestFirst,
            Map<RetentionCandidate, List<String>> reasons) {
        int left = periods.getOrDefault(period, 0);
        String name = period.name().toLowerCase(Locale.ROOT);
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < newestFirst.size() && left > 0; i++) {
            RetentionCandidate one = newestFirst.get(i);
            if (seen.add(period.number(one.time().atZone(zone)))) {
                add(reasons, one, name);
                left--;
            } else if (i == newestFirst.size() - 1) {
                add(reasons, one, "oldest " + name);
            }
        }
    }

    private void keepWithin(
            List<RetentionCandidate> newestFirst, Instant now, Map<RetentionCandidate, List<String>> reasons) {
        RetentionSpan span = within;
        if (span == null) {
            return;
        }
        Instant newest = newestFirst.stream()
                .map(RetentionCandidate::time)
                .filter(time -> !time.isAfter(now))
                .findFirst()
                .orElse(now);
        Instant limit = span.before(newest, zone);
        newestFirst.stream()
                .filter(one -> one.time().isAfter(limit))
                .forEach(one -> add(reasons, one, "within " + span.text()));
    }

    private static void add(
            Map<RetentionCandidate, List<String>> reasons, RetentionCandidate candidate, String reason) {
        reasons.computeIfAbsent(candidate, _ -> new ArrayList<>()).add(reason);
    }
}
