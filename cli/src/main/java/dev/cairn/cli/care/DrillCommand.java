package dev.cairn.cli.care;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.SnapshotDescription;
import dev.cairn.cas.snapshot.SnapshotRecord;
import dev.cairn.cas.snapshot.restore.Drill;
import dev.cairn.cas.snapshot.restore.DrillPlan;
import dev.cairn.cas.snapshot.restore.DrillRecord;
import dev.cairn.cas.snapshot.restore.DrillResult;
import dev.cairn.cli.command.DryRun;
import dev.cairn.cli.command.HostName;
import dev.cairn.cli.command.Interruption;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.command.SnapshotPlace;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.console.ProgressDisplay;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.CountText;
import dev.cairn.cli.text.PathText;
import dev.cairn.cli.text.SizeText;
import dev.cairn.cli.text.TimeText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn drill}: a restore for practice. */
@Command(
        name = "drill",
        description =
                "Restore some files of a snapshot, chosen at random, into a temporary folder, and compare them with"
                        + " the snapshot and with their source.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn drill",
            "  cairn drill main --files 500",
            "Next: 'cairn drill --status' tells when the last one was."
        })
public final class DrillCommand extends RepositoryCommand {

    private static final int FILES = 20;

    /** What changed so shortly before a snapshot may have changed while it was captured. */
    private static final long MARGIN_SECONDS = 3;

    @Parameters(arity = "0..1", paramLabel = "SNAPSHOT", description = "Of which snapshot. Default: main.")
    private String place = "main";

    @Option(names = "--files", paramLabel = "N", description = "How many files. Default: 20.")
    private @Nullable Integer files;

    @Option(names = "--bytes", paramLabel = "SIZE", description = "As many files as have so many bytes, such as 500M.")
    private @Nullable String bytes;

    @Option(names = "--all", description = "All files, up to 100,000.")
    private boolean all;

    @Option(names = "--seed", paramLabel = "N", description = "Which files: the number that an earlier drill told.")
    private @Nullable Long seed;

    @Option(
            names = "--temporary",
            paramLabel = "DIR",
            description = "Where to restore to; else the repository's own folder for temporary files.")
    private @Nullable String temporary;

    @Option(names = "--status", description = "Only tell when the last drill was, and how it went.")
    private boolean status;

    @Mixin
    private final DryRun dryRun = new DryRun();

    @Override
    protected ExitCode run() throws IOException {
        try (Repository repository = access().open(dryRun)) {
            return status ? status(repository) : drill(repository);
        }
    }

    private ExitCode drill(Repository repository) throws IOException {
        SnapshotRecord snapshot = SnapshotPlace.findWhole(repository, place).snapshot();
        DrillPlan plan = plan(snapshot);
        if (dryRun.isWanted()) {
            return rehearse(snapshot, plan);
        }
        Path parent = temporary == null ? repository.temporaryFolder() : PathText.path(temporary);
        Files.createDirectories(parent);
        Path folder = Files.createTempDirectory(parent, "drill-");
        AtomicLong done = new AtomicLong();
        DrillResult result;
        try (Interruption interruption = Interruption.watch();
                ProgressDisplay _ = ProgressDisplay.start("drill", console(), done::get, () -> total(plan, snapshot))) {
            result = new Drill(repository.objects(), interruption).run(plan, folder, done::addAndGet);
        } finally {
            Files.deleteIfExists(folder);
        }
        new DrillRecord(
                        Instant.now(),
                        result.files(),
                        result.bytes(),
                        result.faults().size(),
                        snapshot.id())
                .keep(repository.store());
        result.faults().forEach(fault -> console().always("wrong: " + fault.path() + ": " + fault.reason()));
        console().checked(result.isSound(), () -> json(snapshot, plan, result), () -> text(plan, result));
        if (!result.isSound()) {
            console().message("Next: 'cairn verify --data' tells what is damaged, 'cairn repair' mends it.");
        }
        return result.isSound() ? ExitCode.DONE : ExitCode.DAMAGED;
    }

    /** Bytes that will be restored, where that is known beforehand; else negative. */
    private static long total(DrillPlan plan, SnapshotRecord snapshot) {
        long there = snapshot.description().totals().bytes();
        boolean isWhole = snapshot.description().totals().files() <= plan.filesMax();
        return isWhole ? Math.min(there, plan.bytesMax()) : -1;
    }

    private ExitCode rehearse(SnapshotRecord snapshot, DrillPlan plan) {
        long there = snapshot.description().totals().files();
        console()
                .result(
                        () -> dryRun.mark(Console.object()
                                        .put("snapshot", snapshot.id().toString()))
                                .put("seed", plan.seed())
                                .put("files", Math.min(there, plan.filesMax()))
                                .put("seconds", seconds()),
                        () -> "Would restore and compare up to %s of the %,d in snapshot %s, seed %d."
                                .formatted(
                                        CountText.of(Math.min(there, plan.filesMax()), "file"),
                                        there,
                                        snapshot.id().abbreviated(),
                                        plan.seed()));
        return ExitCode.DONE;
    }

    private DrillPlan plan(SnapshotRecord snapshot) {
        int most = all || (files == null && bytes != null) ? DrillPlan.FILES_MAX : files == null ? FILES : files;
        if (most < 1 || most > DrillPlan.FILES_MAX) {
            throw CommandFailure.usage(
                    "--files: not between 1 and " + DrillPlan.FILES_MAX + ": " + most, "See 'cairn drill --help'.");
        }
        SnapshotDescription description = snapshot.description();
        DrillPlan.Sources sources = description.host().equals(HostName.text())
                ? new DrillPlan.Sources(description.paths(), description.time().getEpochSecond() - MARGIN_SECONDS)
                : null;
        return new DrillPlan(
                snapshot.manifest(),
                most,
                bytes == null ? Long.MAX_VALUE : SizeText.parse("--bytes", bytes),
                seed == null ? new SecureRandom().nextInt(Integer.MAX_VALUE) : seed,
                sources);
    }

    private String text(DrillPlan plan, DrillResult result) {
        String done = "%s of %,d, %s, restored and compared (%,d with their source too), in %.1f s; seed %d"
                .formatted(
                        CountText.of(result.files(), "file"),
                        result.entries(),
                        SizeText.of(result.bytes()),
                        result.sourcesCompared(),
                        seconds(),
                        plan.seed());
        return result.isSound()
                ? "Everything came back as it was: " + done + "."
                : "%s; %s.".formatted(CountText.of(result.faults().size(), "fault"), done);
    }

    private ObjectNode json(SnapshotRecord snapshot, DrillPlan plan, DrillResult result) {
        ObjectNode node = Console.object()
                .put("snapshot", snapshot.id().toString())
                .put("seed", plan.seed())
                .put("entries", result.entries())
                .put("files", result.files())
                .put("bytes", result.bytes())
                .put("sourcesCompared", result.sourcesCompared())
                .put("seconds", seconds());
        ArrayNode faults = node.putArray("faults");
        for (DrillResult.Fault fault : result.faults()) {
            ObjectNode one = faults.addObject();
            Console.putPath(one, fault.path().bytes());
            one.put("reason", fault.reason());
        }
        return node;
    }

    private ExitCode status(Repository repository) {
        Optional<DrillRecord> last = DrillRecord.last(repository.store());
        console()
                .result(
                        () -> last.map(DrillCommand::json)
                                .orElseGet(() -> Console.object().putNull("time")),
                        () -> last.map(drill -> "The last drill was %s: %s, %s, %s."
                                        .formatted(
                                                TimeText.age(drill.time()),
                                                CountText.of(drill.files(), "file"),
                                                SizeText.of(drill.bytes()),
                                                CountText.of(drill.faults(), "fault")))
                                .orElse("There was no drill yet."));
        return last.isPresent() && last.get().faults() > 0 ? ExitCode.DAMAGED : ExitCode.DONE;
    }

    private static ObjectNode json(DrillRecord drill) {
        return Console.object()
                .put("time", drill.time().toString())
                .put("files", drill.files())
                .put("bytes", drill.bytes())
                .put("faults", drill.faults())
                .put("snapshot", drill.snapshot().toString());
    }
}
