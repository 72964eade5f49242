package dev.cairn.cli;

import dev.cairn.replicator.Replica;
import dev.cairn.replicator.net.RemoteClient;
import dev.cairn.replicator.net.TransferReport;
import java.nio.file.Path;
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
    TransferReport transfer(
            RemoteClient client,
            Replica replica,
            List<String> branches,
            Path temporaryFolder,
            TransferDisplay display) {
        return client.pull(replica, branches, temporaryFolder, display);
    }
}
