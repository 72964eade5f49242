package dev.cairn.cli.retention;

import dev.cairn.cas.Branch;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cli.command.Interruption;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.remote.RemoteAccess;
import dev.cairn.cli.remote.Remotes;
import dev.cairn.cli.text.DurationText;
import dev.cairn.replicator.RemoteUrl;
import dev.cairn.replicator.net.RemoteClient;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn branch delete}: the name goes, its snapshots stay retained. */
@Command(
        name = "delete",
        description = "Delete a branch. Its snapshots stay until they are forgotten.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn branch delete before-upgrade",
            "  cairn branch delete before-upgrade --remote origin",
            "Next: 'cairn forget SNAPSHOT' forgets snapshots that no branch needs."
        })
final class BranchDeleteCommand extends BranchChangeCommand {

    @Parameters(paramLabel = "NAME", description = "The branch.")
    private String name = "";

    @Option(
            names = "--remote",
            paramLabel = "REMOTE",
            description = "Delete it on this remote, too; else the next pull from there brings it back.")
    private @Nullable String remote;

    @Option(
            names = "--retry-for",
            paramLabel = "D",
            defaultValue = "60s",
            description = "How long to try again when the remote does not answer. Default: 60s.")
    private String retryFor = "60s";

    @Override
    protected ExitCode run() throws IOException {
        BranchArgument.wellFormed(name);
        Duration patience = DurationText.parse("--retry-for", retryFor);
        Optional<Branch> there = remote == null ? Optional.empty() : deleteThere(remote, patience);
        Optional<Branch> here;
        try (Repository repository = access().open(dryRun())) {
            here = repository.store().branch(name);
            if (here.isEmpty() && there.isEmpty()) {
                BranchArgument.require(repository, name);
            }
            here.ifPresent(branch -> delete(repository, branch));
        }
        Branch last = here.or(() -> there).orElseThrow();
        console()
                .done(
                        () -> json(name, last.snapshot())
                                .put("here", here.isPresent())
                                .put("remote", there.isPresent() ? remote : null),
                        () -> "%s branch %s%s; it %s at %s."
                                .formatted(
                                        dryRun().said("Would delete", "Deleted"),
                                        name,
                                        there.isEmpty()
                                                ? ""
                                                : here.isEmpty() ? " on " + remote : " here and on " + remote,
                                        dryRun().said("points", "pointed"),
                                        last.snapshot().abbreviated()));
        if (remote == null && !dryRun().isWanted()) {
            console()
                    .message("A pull brings it back from remotes that have it; 'cairn branch delete " + name
                            + " --remote NAME' deletes it there.");
        }
        return ExitCode.DONE;
    }

    private Optional<Branch> deleteThere(String remoteName, Duration patience) throws IOException {
        RemoteAccess remotes = new RemoteAccess(console(), cairn().places());
        RemoteUrl url = Remotes.read(access().requireRepository()).require(remoteName);
        try (RemoteClient client = remotes.client(url, patience, dryRun());
                Interruption _ = Interruption.watch(client::cancel)) {
            if (dryRun().isWanted()) {
                return client.info().branches().stream()
                        .filter(branch -> branch.name().equals(name))
                        .findFirst();
            }
            Optional<Branch> deleted = client.deleteBranch(name);
            remotes.deleted(url, name);
            return deleted;
        }
    }
}
