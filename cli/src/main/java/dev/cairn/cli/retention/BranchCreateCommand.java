package dev.cairn.cli.retention;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cli.command.SnapshotPlace;
import dev.cairn.cli.failure.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code cairn branch create}. */
@Command(
        name = "create",
        description = "Make a branch that points at a snapshot.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn branch create before-upgrade main",
            "  cairn branch create rescued 3f9a1c0b",
            "Next: 'cairn push' takes it to the remote."
        })
final class BranchCreateCommand extends BranchChangeCommand {

    @Parameters(index = "0", paramLabel = "NAME", description = "The new branch.")
    private String name = "";

    @Parameters(index = "1", paramLabel = "SNAPSHOT", description = "Where it points.")
    private String place = "";

    @Override
    protected ExitCode run() {
        BranchArgument.wellFormed(name);
        ObjectId snapshot;
        try (Repository repository = access().open(dryRun())) {
            snapshot = SnapshotPlace.id(repository, place);
            create(repository, name, snapshot);
        }
        console()
                .done(
                        () -> json(name, snapshot),
                        () -> name + dryRun().said(" would point at ", " points at ") + snapshot.abbreviated() + ".");
        return ExitCode.DONE;
    }
}
