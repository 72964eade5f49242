package dev.cairn.cli.remote;

import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.seed.SeedFolder;
import dev.cairn.cas.snapshot.seed.Seeds;
import dev.cairn.replicator.ChunkSupply;
import dev.cairn.replicator.Replica;
import dev.cairn.replicator.RollbackWatch;
import dev.cairn.replicator.net.RemoteClient;
import dev.cairn.replicator.net.TransferReport;
import java.io.IOException;
import java.util.List;

/** Seeds that were named, open: pulls by them. */
final class OpenSeeds implements AutoCloseable {

    private final List<SeedFolder> folders;

    OpenSeeds(List<SeedFolder> folders) {
        this.folders = List.copyOf(folders);
    }

    /** Pulls; what the seeds hold does not come from the remote. */
    TransferReport pull(
            RemoteClient client,
            Repository repository,
            RollbackWatch watch,
            List<String> branches,
            TransferDisplay display,
            Cancellation cancellation)
            throws IOException {
        Replica replica = Replica.of(repository).watching(watch);
        if (folders.isEmpty()) {
            return client.pull(replica, branches, repository.temporaryFolder(), display);
        }
        try (Seeds seeds = Seeds.of(folders, repository, display, cancellation)) {
            ChunkSupply supply = (wanted, taker) -> seeds.supply(wanted, taker::take);
            return client.pull(replica, branches, repository.temporaryFolder(), supply, display);
        }
    }

    @Override
    public void close() {
        folders.forEach(SeedFolder::close);
    }
}
