package dev.cairn.cli;

import dev.cairn.cas.repository.Repository;
import dev.cairn.replicator.net.RemoteClient;
import dev.cairn.replicator.net.TransferReport;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code cairn push}: sends what a remote lacks, and moves its branches. */
@Command(name = "push", description = "Send to a remote what it lacks, and move its branches.")
final class PushCommand extends TransferCommand {

    @Override
    String verb() {
        return "push";
    }

    @Override
    TransferReport transfer(
            RemoteClient client, Repository repository, List<String> branches, TransferDisplay display) {
        return client.push(ReplicaChecks.replica(repository), branches, display);
    }
}
