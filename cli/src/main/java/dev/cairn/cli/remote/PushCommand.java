package dev.cairn.cli.remote;

import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.replicator.Replica;
import dev.cairn.replicator.RollbackWatch;
import dev.cairn.replicator.Sending;
import dev.cairn.replicator.net.RemoteClient;
import dev.cairn.replicator.net.TransferReport;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code cairn push}: sends what a remote lacks, and moves its branches. */
@Command(
        name = "push",
        description = "Send to a remote what it lacks, and move its branches.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn push",
            "  cairn push origin main --limit-upload 2M",
            "Next: '-n' shows what would be sent. Elsewhere: 'cairn clone URL DIR', later 'cairn pull'."
        })
public final class PushCommand extends TransferCommand {

    @Option(
            names = "--resend",
            description =
                    "Send everything once more, for a remote whose copy cannot be read. What it has stays beside it.")
    private boolean resend;

    @Option(
            names = "--replace",
            description =
                    "Send everything once more in place of what the remote has, after 'key rotate --reseal'. Takes"
                            + " a device with the role admin.")
    private boolean replace;

    @Override
    String verb() {
        return "push";
    }

    @Override
    TransferReport transfer(
            RemoteClient client,
            Repository repository,
            RollbackWatch watch,
            List<String> branches,
            OpenSeeds seeds,
            TransferDisplay display,
            Cancellation cancellation) {
        return client.push(Replica.of(repository).watching(watch), branches, sending(), display);
    }

    @Override
    TransferReport rehearse(
            RemoteClient client,
            Repository repository,
            RollbackWatch watch,
            List<String> branches,
            TransferDisplay display) {
        return client.rehearsePush(Replica.of(repository).watching(watch), branches, sending(), display);
    }

    private Sending sending() {
        if (resend && replace) {
            throw CommandFailure.usage("--resend and --replace exclude each other", "See 'cairn push --help'.");
        }
        return replace ? Sending.IN_PLACE : resend ? Sending.EVERYTHING : Sending.LACKING;
    }
}
