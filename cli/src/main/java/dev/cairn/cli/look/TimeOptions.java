package dev.cairn.cli.look;

import dev.cairn.cas.snapshot.SnapshotRecord;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.text.TimeText;
import java.time.Instant;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** When snapshots were made. */
final class TimeOptions {

    @Option(
            names = "--before",
            paramLabel = "TIME",
            description = "Only those made before: 2d or 36h ago, yesterday, 2026-11-01, 2026-11-01T10:00.")
    private @Nullable String before;

    @Option(names = "--after", paramLabel = "TIME", description = "Only those made at that time or later.")
    private @Nullable String after;

    /** @throws CommandFailure if one of them is no time */
    Predicate<SnapshotRecord> wanted() {
        TimeText times = TimeText.ofNow();
        Instant last = before == null ? null : times.parse("--before", before);
        Instant first = after == null ? null : times.parse("--after", after);
        return snapshot -> {
            Instant time = snapshot.description().time();
            return (last == null || time.isBefore(last)) && (first == null || !time.isBefore(first));
        };
    }
}
