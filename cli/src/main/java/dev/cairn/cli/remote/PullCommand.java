package dev.cairn.cli.remote;

import dev.cairn.cas.file.FolderTree;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.replicator.Replica;
import dev.cairn.replicator.RollbackWatch;
import dev.cairn.replicator.net.RemoteClient;
import dev.cairn.replicator.net.TransferReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code cairn pull}: fetches what is lacking from a remote, and moves branches. */
@Command(
        name = "pull",
        description = "Fetch from a remote what is lacking, and move branches.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn pull",
            "  cairn pull origin main --seed ~/documents",
            "Next: '-n' shows what would be fetched. Then 'cairn restore BRANCH --target DIR'."
        })
public final class PullCommand extends TransferCommand {

    @Mixin
    private SeedOptions seeds = new SeedOptions();

    @Override
    String verb() {
        return "pull";
    }

    @Override
    OpenSeeds seeds() {
        return seeds.open();
    }

    @Override
    TransferReport transfer(
            RemoteClient client,
            Repository repository,
            RollbackWatch watch,
            List<String> branches,
            OpenSeeds open,
            TransferDisplay display,
            Cancellation cancellation)
            throws IOException {
        return open.pull(client, repository, watch, branches, display, cancellation);
    }

    @Override
    TransferReport rehearse(
            RemoteClient client,
            Repository repository,
            RollbackWatch watch,
            List<String> branches,
            TransferDisplay display)
            throws IOException {
        return rehearsed(client, repository, watch, branches, display);
    }

    /** What a pull into {@code repository} would do: pages come into a temporary folder, and go with it. */
    static TransferReport rehearsed(
            RemoteClient client,
            Repository repository,
            RollbackWatch watch,
            List<String> branches,
            TransferDisplay display)
            throws IOException {
        Path spool = Files.createTempDirectory("cairn-pull-");
        try {
            return client.rehearsePull(Replica.of(repository).watching(watch), branches, spool, display);
        } finally {
            FolderTree.deleteIfExists(spool);
        }
    }
}
