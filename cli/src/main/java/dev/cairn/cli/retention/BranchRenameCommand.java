package dev.cairn.cli.retention;

import dev.cairn.cas.Branch;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cli.failure.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code cairn branch rename}: makes the new name, then deletes the old one. Cut short between the two, both are there. */
@Command(
        name = "rename",
        description = "Give a branch another name, here; on remotes both names are there after a push.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn branch rename main laptop",
            "Next: 'cairn push' makes the new name on the remote, 'cairn branch delete OLD --remote NAME' takes the"
                    + " old one away there."
        })
final class BranchRenameCommand extends BranchChangeCommand {

    @Parameters(index = "0", paramLabel = "OLD", description = "The branch.")
    private String old = "";

    @Parameters(index = "1", paramLabel = "NEW", description = "Its new name.")
    private String fresh = "";

    @Override
    protected ExitCode run() {
        BranchArgument.wellFormed(fresh);
        Branch branch;
        try (Repository repository = access().open(dryRun())) {
            branch = BranchArgument.require(repository, old);
            create(repository, fresh, branch.snapshot());
            delete(repository, branch);
        }
        console()
                .done(
                        () -> json(fresh, branch.snapshot()).put("renamedFrom", old),
                        () -> old + dryRun().said(" would be called ", " is called ") + fresh + " now.");
        if (dryRun().isWanted()) {
            return ExitCode.DONE;
        }
        console()
                .message("A pull brings " + old + " back from remotes that have it; 'cairn branch delete " + old
                        + " --remote NAME' deletes it there.");
        return ExitCode.DONE;
    }
}
