package dev.cairn.cli.doctor;

import dev.cairn.cas.Branch;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.SnapshotDescription;
import dev.cairn.cli.text.ShownText;
import dev.cairn.cli.text.TimeText;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What only a holder of the key can read: how old the newest snapshots are, and whether the clock agrees with them. */
final class SnapshotCheck {

    private static final Duration AGE_MAX = Duration.ofDays(30);
    private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(2);

    private final Findings findings;
    private final Repository repository;
    private final Instant now;

    SnapshotCheck(Findings findings, Repository repository, Instant now) {
        this.findings = findings;
        this.repository = repository;
        this.now = now;
    }

    void run() {
        ages();
        clock();
    }

    private void ages() {
        for (Branch branch : repository.store().branches()) {
            String name = ShownText.oneLine(branch.name());
            try {
                SnapshotDescription last =
                        repository.snapshot(branch.snapshot()).description();
                String text = "branch %s: the last snapshot was made %s".formatted(name, TimeText.age(last.time()));
                if (last.time().isBefore(now.minus(AGE_MAX))) {
                    findings.warning("last-snapshot", text, "Next: cairn snapshot, if that branch shall go on.");
                } else {
                    findings.ok("last-snapshot", text);
                }
            } catch (StoreException e) {
                findings.damage(
                        "last-snapshot",
                        "branch %s: its snapshot cannot be read: %s".formatted(name, e.getMessage()),
                        "Run: cairn repair");
            }
        }
    }

    private void clock() {
        List<RetainedSnapshot> retained = repository.store().snapshots();
        if (retained.isEmpty()) {
            findings.ok("clock", "it is %s here; no snapshot to compare with".formatted(now));
            return;
        }
        try {
            Instant newest = repository
                    .snapshot(retained.getLast().snapshot())
                    .description()
                    .time();
            if (newest.isAfter(now.plus(CLOCK_TOLERANCE))) {
                findings.problem(
                        "clock",
                        "it is %s here, and the newest snapshot was made at %s".formatted(now, newest),
                        "Set the clock: rules of retention go by it. Or the snapshot's maker had a wrong one.");
            } else {
                findings.ok("clock", "it is %s here, after the newest snapshot".formatted(now));
            }
        } catch (StoreException e) {
            findings.warning("clock", "the newest snapshot cannot be read: " + e.getMessage(), "Run: cairn verify");
        }
    }
}
