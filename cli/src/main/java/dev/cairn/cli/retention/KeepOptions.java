package dev.cairn.cli.retention;

import dev.cairn.cas.gc.RetentionPeriod;
import dev.cairn.cas.gc.RetentionPolicy;
import dev.cairn.cas.gc.RetentionSpan;
import dev.cairn.cli.failure.CommandFailure;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The rules of a policy of retention. */
final class KeepOptions {

    private static final String UNLIMITED = "unlimited";

    @Option(
            names = "--keep-last",
            paramLabel = "N",
            description = "Keep the last N of each branch; 'unlimited' for all.")
    private @Nullable String last;

    @Option(names = "--keep-hourly", paramLabel = "N", description = "Keep the newest of each of N hours.")
    private @Nullable String hourly;

    @Option(names = "--keep-daily", paramLabel = "N", description = "Keep the newest of each of N days.")
    private @Nullable String daily;

    @Option(names = "--keep-weekly", paramLabel = "N", description = "Keep the newest of each of N weeks.")
    private @Nullable String weekly;

    @Option(names = "--keep-monthly", paramLabel = "N", description = "Keep the newest of each of N months.")
    private @Nullable String monthly;

    @Option(names = "--keep-yearly", paramLabel = "N", description = "Keep the newest of each of N years.")
    private @Nullable String yearly;

    @Option(
            names = "--keep-within",
            paramLabel = "D",
            description = "Keep all that are less than D older than the newest, such as 2y6mo or 14d12h.")
    private @Nullable String within;

    @Option(names = "--keep-tag", paramLabel = "T", description = "Keep all with this tag; may be given several times.")
    private List<String> tags = List.of();

    /**
     * The policy; empty if no option was given. Hours, days and so on are those of this machine's time zone.
     *
     * @throws CommandFailure if a number is none, or zero
     */
    RetentionPolicy policy() {
        Map<RetentionPeriod, Integer> periods = new EnumMap<>(RetentionPeriod.class);
        periods.put(RetentionPeriod.HOURLY, count("--keep-hourly", hourly));
        periods.put(RetentionPeriod.DAILY, count("--keep-daily", daily));
        periods.put(RetentionPeriod.WEEKLY, count("--keep-weekly", weekly));
        periods.put(RetentionPeriod.MONTHLY, count("--keep-monthly", monthly));
        periods.put(RetentionPeriod.YEARLY, count("--keep-yearly", yearly));
        return new RetentionPolicy(
                count("--keep-last", last), periods, span(), Set.copyOf(tags), ZoneId.systemDefault());
    }

    private @Nullable RetentionSpan span() {
        try {
            return within == null ? null : RetentionSpan.parse(within);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(
                    "--keep-within: " + e.getMessage(),
                    "Write years, months, weeks, days, hours, in this order, such as 1y6mo, 2w or 36h.");
        }
    }

    private static int count(String option, @Nullable String text) {
        if (text == null) {
            return 0;
        }
        if (text.equals(UNLIMITED)) {
            return RetentionPolicy.UNLIMITED;
        }
        int count = text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
        if (count == 0) {
            throw CommandFailure.usage(
                    "%s: not a number of snapshots: '%s'".formatted(option, text),
                    "Give a number from 1 on, or 'unlimited'; leave the option out for no such rule.");
        }
        return count;
    }
}
