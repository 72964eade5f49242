package dev.cairn.cli.doctor;

import dev.cairn.cas.Branch;
import dev.cairn.cas.LostSnapshots;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.cas.lmdb.LmdbObjectStore;
import dev.cairn.cas.lmdb.ScrubState;
import dev.cairn.cas.seal.RepositoryConfiguration;
import dev.cairn.cas.seal.SlotKind;
import dev.cairn.cas.snapshot.restore.DrillRecord;
import dev.cairn.cli.command.Places;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.Failures;
import dev.cairn.cli.remote.RemoteAccess;
import dev.cairn.cli.remote.Remotes;
import dev.cairn.cli.text.CountText;
import dev.cairn.cli.text.ShownText;
import dev.cairn.cli.text.TimeText;
import dev.cairn.replicator.RemoteUrl;
import dev.cairn.replicator.Sighting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** What a repository says of itself without its key: damage, when it was last looked through, its slots, what was pushed where. */
final class StoreCheck {

    private static final Duration SCRUB_AGE_MAX = Duration.ofDays(90);
    private static final Duration DRILL_AGE_MAX = Duration.ofDays(90);

    private final Findings findings;
    private final Path folder;
    private final Places places;
    private final RemoteAccess access;
    private final Instant now;

    StoreCheck(Findings findings, Path folder, Places places, RemoteAccess access, Instant now) {
        this.findings = findings;
        this.folder = folder;
        this.places = places;
        this.access = access;
        this.now = now;
    }

    /** Looks at it, and gives its remotes. */
    Map<String, RemoteUrl> run(LmdbObjectStore store) {
        damage(store);
        scrubs(store);
        drills(store);
        slots(store);
        Map<String, RemoteUrl> remotes = remotes();
        pushed(store.branches(), remotes);
        return remotes;
    }

    private void damage(ObjectStore store) {
        int lost = LostSnapshots.of(store).missing(store).size();
        if (lost > 0) {
            findings.damage(
                    "lost-snapshots",
                    "%s left out by a repair".formatted(CountText.of(lost, "snapshot")),
                    "'cairn repair' with a remote or --from brings back what another copy has; 'cairn repair"
                            + " --accept-losses' takes the rest as gone.");
        }
        long noted = store.notedCount();
        if (noted == 0) {
            findings.ok("damage", "no damage is noted");
        } else {
            findings.damage(
                    "damage",
                    "%s noted as damaged".formatted(CountText.of(noted, "record")),
                    "'cairn repair' makes whole what other copies have; 'cairn verify --data' tells which files it is"
                            + " about.");
        }
    }

    private void scrubs(LmdbObjectStore store) {
        List<ScrubState> volumes = store.scrubs();
        if (volumes.isEmpty()) {
            findings.ok("scrub", "nothing is stored yet");
            return;
        }
        long never =
                volumes.stream().filter(volume -> volume.finished() == null).count();
        Optional<Instant> oldest = volumes.stream()
                .map(ScrubState::finished)
                .filter(Objects::nonNull)
                .min(Instant::compareTo);
        String hint = "Run 'cairn scrub' from time to time: disks lose bytes in silence.";
        if (never > 0) {
            findings.warning(
                    "scrub",
                    "never looked through: %s of %,d".formatted(CountText.of(never, "volume"), volumes.size()),
                    hint);
        } else if (oldest.isPresent() && oldest.get().isBefore(now.minus(SCRUB_AGE_MAX))) {
            findings.warning("scrub", "a volume was last looked through " + TimeText.age(oldest.get()), hint);
        } else {
            findings.ok(
                    "scrub",
                    "every volume was looked through, the one longest ago " + TimeText.age(oldest.orElse(null)));
        }
    }

    private void drills(ObjectStore store) {
        Optional<DrillRecord> last = DrillRecord.last(store);
        String hint = "'cairn drill' restores some files for practice: only that shows that a restore works.";
        if (last.isEmpty()) {
            findings.warning("drill", "no restore was ever tried", hint);
            return;
        }
        DrillRecord drill = last.get();
        if (drill.faults() > 0) {
            findings.problem(
                    "drill",
                    "the last drill, %s, found %s"
                            .formatted(TimeText.age(drill.time()), CountText.of(drill.faults(), "fault")),
                    "'cairn verify --data' tells what is damaged, 'cairn repair' mends it; then run 'cairn drill'.");
        } else if (drill.time().isBefore(now.minus(DRILL_AGE_MAX))) {
            findings.warning("drill", "the last drill was " + TimeText.age(drill.time()), hint);
        } else {
            findings.ok("drill", "the last drill was %s, without fault".formatted(TimeText.age(drill.time())));
        }
    }

    private void slots(ObjectStore store) {
        Optional<StoredConfiguration> stored = store.configuration();
        if (stored.isEmpty()) {
            findings.ok("recovery-code", "the configuration is another replica's to bring");
            return;
        }
        RepositoryConfiguration configuration =
                RepositoryConfiguration.parse(stored.get().bytes(), folder.toString());
        long codes = configuration.slots().stream()
                .filter(slot -> slot.kind() == SlotKind.RECOVERY_CODE)
                .count();
        if (codes == 0) {
            findings.warning(
                    "recovery-code",
                    "no recovery code opens this repository",
                    "Make one with 'cairn key recovery', and keep it on paper: whoever loses every key loses all.");
        } else {
            findings.ok(
                    "recovery-code",
                    "%s made; whether it is kept somewhere only you know"
                            .formatted(codes == 1 ? "one was" : codes + " were"));
        }
        int epochs = configuration.epochs().size();
        findings.ok(
                "epochs",
                epochs == 1
                        ? "one seal key, epoch " + configuration.epoch()
                        : "%d seal keys open, the newest is epoch %d; 'cairn key list' tells what is under which"
                                .formatted(epochs, configuration.epoch()));
        Path keyFile = places.keyFile(configuration.repositoryId());
        boolean hasFileSlot = configuration.slots().stream().anyMatch(slot -> slot.kind() == SlotKind.KEY_FILE);
        if (hasFileSlot && Files.notExists(keyFile)) {
            findings.warning(
                    "key-of-repository",
                    "there is no key file for repository %s at %s".formatted(configuration.repositoryId(), keyFile),
                    "That is well where it is opened by a password, or another file is named.");
        } else if (hasFileSlot) {
            findings.ok("key-of-repository", keyFile.toString());
        }
    }

    /** The remotes; none where their list cannot be read. */
    private Map<String, RemoteUrl> remotes() {
        try {
            return new TreeMap<>(Remotes.read(folder).all());
        } catch (IOException | CommandFailure e) {
            findings.problem(
                    "remotes",
                    Failures.problem(e).message(),
                    "Remove the file, and add the remotes again with 'cairn remote add'.");
            return Map.of();
        }
    }

    private void pushed(List<Branch> branches, Map<String, RemoteUrl> remotes) {
        if (branches.isEmpty()) {
            findings.ok("pushed", "no branches yet");
            return;
        }
        if (remotes.isEmpty()) {
            findings.warning(
                    "pushed",
                    "there is no remote: this is the only copy, as far as is known here",
                    "A second copy on another machine: 'cairn remote add', then 'cairn push'.");
            return;
        }
        List<Sighting> seen = new ArrayList<>();
        remotes.forEach((name, url) -> {
            try {
                access.seen(url).ifPresent(seen::add);
            } catch (IOException | CommandFailure e) {
                findings.problem(
                        "remotes",
                        "what was seen of remote %s cannot be read: %s"
                                .formatted(name, Failures.problem(e).message()),
                        "A step back of that server would not be noticed: move the file away, and push.");
            }
        });
        List<String> behind = branches.stream()
                .filter(branch -> seen.stream().noneMatch(sighting -> isAt(sighting, branch)))
                .map(branch -> ShownText.oneLine(branch.name()))
                .toList();
        if (behind.isEmpty()) {
            findings.ok("pushed", "every branch was seen on a remote as it is here");
        } else {
            findings.warning(
                    "pushed", "not on any remote as they are here: " + String.join(", ", behind), "Next: cairn push");
        }
    }

    private static boolean isAt(Sighting sighting, Branch branch) {
        Sighting.Head head = sighting.heads().get(branch.name());
        return head != null && head.snapshot().equals(branch.snapshot());
    }
}
