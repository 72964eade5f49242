package dev.cairn.cli.remote;

import dev.cairn.cas.Branch;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cli.command.DryRun;
import dev.cairn.cli.command.Interruption;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.failure.Problem;
import dev.cairn.cli.text.DurationText;
import dev.cairn.replicator.RemoteUrl;
import dev.cairn.replicator.RollbackWatch;
import dev.cairn.replicator.net.RateLimits;
import dev.cairn.replicator.net.RemoteClient;
import dev.cairn.replicator.net.TransferReport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code push} and {@code pull} have in common. */
abstract class TransferCommand extends RepositoryCommand {

    @Parameters(
            arity = "0..*",
            paramLabel = "[REMOTE] [BRANCH...]",
            description = "A remote, 'origin' by default, and branches, all by default.")
    private List<String> arguments = new ArrayList<>();

    @Option(
            names = "--retry-for",
            paramLabel = "D",
            defaultValue = "60s",
            description = "How long to try again when the remote does not answer. Default: 60s.")
    private String retryFor = "60s";

    @Mixin
    private RollbackOptions rollback = new RollbackOptions();

    @Mixin
    private RateOptions rates = new RateOptions();

    @Mixin
    private final DryRun dryRun = new DryRun();

    /** The word for what it does, such as {@code push}. */
    abstract String verb();

    /** Folders whose files are used instead of the network; opened before anything is transferred. */
    OpenSeeds seeds() {
        return new OpenSeeds(List.of());
    }

    abstract TransferReport transfer(
            RemoteClient client,
            Repository repository,
            RollbackWatch watch,
            List<String> branches,
            OpenSeeds seeds,
            TransferDisplay display,
            Cancellation cancellation)
            throws IOException;

    /** Finds out what {@link #transfer} would do. */
    abstract TransferReport rehearse(
            RemoteClient client,
            Repository repository,
            RollbackWatch watch,
            List<String> branches,
            TransferDisplay display)
            throws IOException;

    @Override
    protected final ExitCode run() throws IOException {
        String remote = arguments.isEmpty() ? Remotes.STANDARD : arguments.getFirst();
        List<String> branches = arguments.isEmpty() ? List.of() : arguments.subList(1, arguments.size());
        branches.forEach(TransferCommand::requireBranch);
        Duration patience = DurationText.parse("--retry-for", retryFor);
        RateLimits limits = rates.limits();
        RemoteUrl url = Remotes.read(access().requireRepository()).require(remote);
        RemoteAccess remotes = new RemoteAccess(console(), cairn().places());
        TransferReport report;
        try (OpenSeeds seeds = seeds();
                Repository repository = access().open(dryRun);
                RemoteClient client = remotes.client(url, patience, limits, dryRun);
                Interruption interruption = Interruption.watch(client::cancel);
                TransferDisplay display = new TransferDisplay(verb(), console())) {
            if (dryRun.isWanted()) {
                RollbackWatch watch = remotes.watch(url, rollback.isAccepted());
                report = rehearse(client, repository, watch, branches, display);
                return show(RehearsalText.of(verb(), report, repository, seconds()), report);
            }
            report = remotes.watched(
                    url,
                    rollback.isAccepted(),
                    watch -> transfer(client, repository, watch, branches, seeds, display, interruption));
        }
        return show(report);
    }

    private ExitCode show(RehearsalText text, TransferReport report) {
        console().result(text::json, text::text);
        return endOf(report);
    }

    final ExitCode show(TransferReport report) {
        console().done(() -> TransferText.json(report, seconds()), () -> TransferText.text(verb(), report, seconds()));
        String notes = TransferText.notes(report.result().notes());
        if (!notes.isEmpty()) {
            console().message(notes);
        }
        return endOf(report);
    }

    private ExitCode endOf(TransferReport report) {
        if (report.result().hasConflict()) {
            report.result().branches().stream()
                    .filter(branch -> branch.conflict() != null)
                    .forEach(branch -> console()
                            .problem(new Problem(
                                    ExitCode.CONFLICT,
                                    "branch " + branch.branch() + ": " + branch.conflict(),
                                    "Both sides have snapshots that the other has not. Keep yours under another name"
                                            + " ('cairn branch rename %1$s %1$s-mine'), then 'cairn pull' and 'cairn push'."
                                                    .formatted(branch.branch()))));
            return ExitCode.CONFLICT;
        }
        return ExitCode.DONE;
    }

    private static void requireBranch(String name) {
        try {
            Branch.requireName(name);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()), "");
        }
    }
}
