package dev.cairn.cli.care;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.LostSnapshots;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.lmdb.RebuildReport;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cli.command.Interruption;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.console.ProgressDisplay;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.remote.RemoteAccess;
import dev.cairn.cli.remote.Remotes;
import dev.cairn.cli.text.CountText;
import dev.cairn.cli.text.DurationText;
import dev.cairn.cli.text.PathText;
import dev.cairn.cli.text.SizeText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code cairn repair}: a new index from what the volumes hold, and what is damaged from other copies. */
@Command(
        name = "repair",
        description =
                "Rebuild the index of a repository from its volumes, and fetch what is damaged from every remote. What"
                        + " was there before is set aside, not deleted.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn repair -n",
            "  cairn repair --from /mnt/disk/backup",
            "Next: 'cairn verify --data' shows whether all is whole again."
        })
public final class RepairCommand extends RepositoryCommand {

    @Option(
            names = "--force",
            description =
                    "Replace the index even if the new one has fewer snapshots: what is damaged is left out then, with"
                            + " all snapshots that need it, and a pull can fetch it again.")
    private boolean force;

    @Option(
            names = "--from",
            paramLabel = "DIR",
            description = "Another replica of this repository on this machine, to take from; may be repeated.")
    private List<String> from = new ArrayList<>();

    @Option(
            names = "--index-only",
            description = "Only rebuild the index, which needs no key: for the data of a server.")
    private boolean indexOnly;

    @Option(
            names = {"-n", "--dry-run"},
            description = "Only say what is damaged, and change nothing.")
    private boolean dryRun;

    @Option(
            names = "--accept-losses",
            description =
                    "Take snapshots that this and earlier repairs had to leave out as gone for good, where no copy"
                            + " brings them: nothing reminds of them any more.")
    private boolean acceptLosses;

    @Option(
            names = "--retry-for",
            paramLabel = "D",
            defaultValue = "60s",
            description = "How long to try again when a remote does not answer. Default: 60s.")
    private String retryFor = "60s";

    @Override
    protected ExitCode run() throws IOException {
        Path folder = access().requireFolder();
        if (dryRun) {
            return look(folder);
        }
        AtomicLong containers = new AtomicLong();
        RebuildReport report;
        try (ProgressDisplay _ = ProgressDisplay.start("rebuild", "container", console(), containers::get, () -> -1)) {
            report = Repository.rebuildIndex(folder, access().openOptions(), !force, containers::set);
        }
        report.losses().forEach(loss -> console().always("left out: " + loss));
        if (report.lossCount() > report.losses().size()) {
            console()
                    .always("... and %,d more"
                            .formatted(report.lossCount() - report.losses().size()));
        }
        Optional<Remedy.Outcome> outcome = remedy(folder, report);
        outcome.ifPresent(this::tell);
        console().done(() -> json(report, outcome.orElse(null)), () -> text(report, outcome.orElse(null)));
        boolean isWhole = isWhole(report, outcome.orElse(null));
        console().message(next(report, isWhole, outcome.isPresent()));
        return isWhole ? ExitCode.DONE : ExitCode.DAMAGED;
    }

    /** Whether nothing is missing: nothing was left out, or all that was is there from elsewhere. */
    private boolean isWhole(RebuildReport report, Remedy.@Nullable Outcome outcome) {
        if (outcome == null) {
            return report.lossCount() == 0;
        }
        if (acceptLosses) {
            return outcome.whole();
        }
        boolean isComplete = report.lossCount() == 0
                || !report.replaced()
                || (report.snapshotsBefore() > 0 && report.snapshots() >= report.snapshotsBefore())
                || outcome.sources().stream().anyMatch(source -> source.failure() == null);
        return isComplete && outcome.whole();
    }

    private ExitCode look(Path folder) throws IOException {
        Remedy.Outcome outcome;
        try (Repository repository = access().openToRead();
                Interruption interruption = Interruption.watch()) {
            outcome = remedy(repository, interruption).look();
        } catch (StoreException e) {
            console().message("The index cannot be used: 'cairn repair' makes a new one from the volumes.");
            throw e;
        }
        tell(outcome);
        List<String> asked = new ArrayList<>(from);
        asked.addAll(Remotes.read(folder).all().keySet());
        console()
                .result(
                        () -> json(outcome).put("dryRun", true),
                        () -> outcome.whole()
                                ? "Nothing is damaged."
                                : "%s lost; would be asked for: %s"
                                        .formatted(
                                                CountText.of(outcome.lost(), "object"),
                                                asked.isEmpty() ? "nobody" : String.join(", ", asked)));
        return outcome.whole() ? ExitCode.DONE : ExitCode.DAMAGED;
    }

    private Optional<Remedy.Outcome> remedy(Path folder, RebuildReport report) throws IOException {
        if (indexOnly) {
            return Optional.empty();
        }
        try (Repository repository = access().open();
                Interruption interruption = Interruption.watch()) {
            LostSnapshots lost = LostSnapshots.of(repository.store());
            boolean mayLackSnapshots = (report.replaced() && report.lossCount() > 0)
                    || !lost.missing(repository.store()).isEmpty();
            if (acceptLosses) {
                lost.accept(repository.store());
            }
            List<Path> folders = from.stream().map(PathText::path).toList();
            return Optional.of(remedy(repository, interruption)
                    .carryOut(folders, Remotes.read(folder).all(), mayLackSnapshots));
        } catch (WrongKeyException e) {
            if (access().keys().given().isPresent()) {
                throw e;
            }
            // Whoever repairs the data of a server has no key.
            console().message("Only the index was looked at: " + e.getMessage());
            return Optional.empty();
        }
    }

    private Remedy remedy(Repository repository, Interruption interruption) {
        return new Remedy(
                repository,
                console(),
                new RemoteAccess(console(), cairn().places()),
                DurationText.parse("--retry-for", retryFor),
                interruption);
    }

    private void tell(Remedy.Outcome outcome) {
        try (DamageList list = new DamageList(console())) {
            outcome.left().forEach(list::add);
        }
    }

    private static String next(RebuildReport report, boolean isWhole, boolean isOpened) {
        if (isWhole) {
            return isOpened ? "Everything is whole." : "Next: cairn verify --data";
        }
        if (!report.replaced()) {
            return "Next: 'cairn restore' brings back all that is whole; 'cairn snapshot' stores again what still"
                    + " stands at its source. Another copy can be named: 'cairn remote add', or 'cairn repair --from"
                    + " DIR'.";
        }
        return "Next: add a remote that has the rest ('cairn remote add'), and run 'cairn repair' again. Where no copy"
                + " is left, 'cairn repair --accept-losses' takes it as gone; what stands at its source is captured by"
                + " 'cairn snapshot'.";
    }

    private String text(RebuildReport report, Remedy.@Nullable Outcome outcome) {
        StringBuilder text = new StringBuilder();
        if (report.replaced()) {
            text.append(
                    "The index has %,d objects in %,d records, %,d snapshots and %,d branches again, from %,d volumes, in %.1f s."
                            .formatted(
                                    report.objects(),
                                    report.records(),
                                    report.snapshots(),
                                    report.branches(),
                                    report.volumes(),
                                    seconds()));
        } else {
            text.append(
                    "The index was left as it is: a new one would have %,d of its %,d snapshots, since the others need what is damaged."
                            .formatted(report.snapshots(), report.snapshotsBefore()));
        }
        report.setAside().forEach(path -> text.append("%nSet aside: %s".formatted(path)));
        if (report.lossCount() > 0) {
            text.append(
                    "%n%s left out of it, listed above.".formatted(CountText.of(report.lossCount(), "damaged part")));
        }
        if (outcome != null && outcome.lost() > 0) {
            text.append("%n%s lost; %,d of them whole again (%s stored)."
                    .formatted(
                            CountText.of(outcome.lost(), "object"),
                            outcome.healed(),
                            SizeText.of(outcome.bytesStored())));
            outcome.sources()
                    .forEach(source -> text.append("%n  from %s: %,d%s"
                            .formatted(
                                    source.name(),
                                    source.healed(),
                                    source.failure() == null ? "" : ", " + source.failure())));
        }
        return text.toString();
    }

    private ObjectNode json(RebuildReport report, Remedy.@Nullable Outcome outcome) {
        ObjectNode node = outcome == null ? Console.object() : json(outcome);
        node.put("volumes", report.volumes())
                .put("containers", report.containers())
                .put("records", report.records())
                .put("objects", report.objects())
                .put("branches", report.branches())
                .put("snapshots", report.snapshots())
                .put("snapshotsBefore", report.snapshotsBefore())
                .put("replaced", report.replaced())
                .put("lossCount", report.lossCount())
                .put("whole", isWhole(report, outcome))
                .put("seconds", seconds());
        ArrayNode losses = node.putArray("losses");
        report.losses().forEach(losses::add);
        ArrayNode setAside = node.putArray("setAside");
        report.setAside().forEach(setAside::add);
        return node;
    }

    private ObjectNode json(Remedy.Outcome outcome) {
        ObjectNode node = Console.object()
                .put("lost", outcome.lost())
                .put("healed", outcome.healed())
                .put("bytesHealed", outcome.bytesStored())
                .put("whole", outcome.whole())
                .put("seconds", seconds());
        ArrayNode sources = node.putArray("sources");
        outcome.sources()
                .forEach(source -> sources.addObject()
                        .put("name", source.name())
                        .put("healed", source.healed())
                        .put("error", source.failure()));
        ArrayNode damaged = node.putArray("damaged");
        outcome.left().forEach(damage -> DamageText.add(damaged, damage));
        return node;
    }
}
