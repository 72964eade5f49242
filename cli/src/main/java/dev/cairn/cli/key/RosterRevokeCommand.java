package dev.cairn.cli.key;

import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.seal.ReplicaId;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.CountText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn roster revoke}. */
@Command(
        name = "revoke",
        description = "Refuse what a replica signs from now on. Its snapshots that are here stay; pull first.")
final class RosterRevokeCommand extends RepositoryCommand {

    @Parameters(paramLabel = "REPLICA", description = "Its id, or a unique beginning of it.")
    private String name = "";

    @Option(names = "--even-own", description = "Revoke the replica that this command works on.")
    private boolean evenOwn;

    @Override
    protected ExitCode run() {
        try (Repository repository = access().open()) {
            ReplicaId replica = RosterView.of(repository).find(name);
            if (!evenOwn && repository.replica().id().equals(replica)) {
                throw new CommandFailure(
                        ExitCode.FAILED,
                        "%s is the replica in %s itself".formatted(replica, repository.folder()),
                        "Say --even-own if it shall make no more snapshots.");
            }
            int accepted = repository.revoke(replica);
            console()
                    .result(
                            () -> Console.object()
                                    .put("repository", repository.id().toString())
                                    .put("replica", replica.toString())
                                    .put("snapshotsAccepted", accepted)
                                    .put("seconds", seconds()),
                            () -> "Revoked replica %s; %s of it stay."
                                    .formatted(replica, CountText.of(accepted, "snapshot")));
            console()
                    .message("Next: 'cairn push' tells the remotes. Whoever had a key of the repository can still make"
                            + " himself another replica: see 'cairn key rotate'.");
        }
        return ExitCode.DONE;
    }
}
