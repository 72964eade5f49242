package dev.cairn.cli.key;

import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.seal.ReplicaId;
import dev.cairn.cli.command.DryRun;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.CountText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn roster revoke}. */
@Command(
        name = "revoke",
        description = "Refuse what a replica signs from now on. Its snapshots that are here stay; pull first.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn roster revoke 3f9a1c0b",
            "Next: 'cairn key rotate', if the machine had a key; then 'cairn push'."
        })
final class RosterRevokeCommand extends RepositoryCommand {

    @Parameters(paramLabel = "REPLICA", description = "Its id, or a unique beginning of it.")
    private String name = "";

    @Option(names = "--even-own", description = "Revoke the replica that this command works on.")
    private boolean evenOwn;

    @Mixin
    private final DryRun dryRun = new DryRun();

    @Override
    protected ExitCode run() {
        try (Repository repository = access().open(dryRun)) {
            ReplicaId replica = RosterView.of(repository).find(name);
            if (!evenOwn && !dryRun.isWanted() && repository.replica().id().equals(replica)) {
                throw new CommandFailure(
                        ExitCode.FAILED,
                        "%s is the replica in %s itself".formatted(replica, repository.folder()),
                        "Say --even-own if it shall make no more snapshots.");
            }
            int accepted =
                    dryRun.isWanted() ? RosterView.of(repository).snapshots(replica) : repository.revoke(replica);
            console()
                    .done(
                            () -> dryRun.mark(Console.object()
                                            .put("repository", repository.id().toString()))
                                    .put("replica", replica.toString())
                                    .put("snapshotsAccepted", accepted)
                                    .put("seconds", seconds()),
                            () -> "%s replica %s; %s of it stay."
                                    .formatted(
                                            dryRun.said("Would revoke", "Revoked"),
                                            replica,
                                            CountText.of(accepted, "snapshot")));
            if (dryRun.isWanted()) {
                return ExitCode.DONE;
            }
            console()
                    .message("Next: 'cairn push' tells the remotes. Whoever had a key of the repository can still make"
                            + " himself another replica: see 'cairn key rotate'.");
        }
        return ExitCode.DONE;
    }
}
