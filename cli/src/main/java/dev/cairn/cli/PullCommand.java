package dev.cairn.cli;

import dev.cairn.cas.repository.Repository;
import dev.cairn.replicator.net.RemoteClient;
import dev.cairn.replicator.net.TransferReport;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code cairn pull}: fetches what is lacking from a remote, and moves branches. */
@Command(name = "pull", description = "Fetch from a remote what is lacking, and move branches.")
final class PullCommand extends TransferCommand {

    @Override
    String verb() {
        return "pull";
    }

    @Override
    TransferReport transfer(RemoteClient client, Repository repository, List<String> branches, TransferDisplay display)
            throws IOException {
        return client.pull(ReplicaChecks.replica(repository), branches, repository.temporaryFolder(), display);
    }
}
