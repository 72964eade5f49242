package dev.cairn.cli.retention;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.cairn.cas.Branch;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.ExitCode;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code cairn branch list}. */
@Command(
        name = "list",
        description = "List the branches.",
        footerHeading = "%nExamples:%n",
        footer = {"  cairn branch list", "Next: 'cairn snapshots --branch NAME' lists its snapshots."})
final class BranchListCommand extends RepositoryCommand {

    @Override
    protected ExitCode run() {
        List<Branch> branches;
        try (Repository repository = access().open()) {
            branches = repository.store().branches();
        }
        console().result(() -> json(branches), () -> text(branches));
        return ExitCode.DONE;
    }

    private static ArrayNode json(List<Branch> branches) {
        ArrayNode array = Console.object().putArray("branches");
        for (Branch branch : branches) {
            array.addObject()
                    .put("branch", branch.name())
                    .put("snapshot", branch.snapshot().toString())
                    .put("version", branch.version());
        }
        return array;
    }

    private static String text(List<Branch> branches) {
        return branches.isEmpty()
                ? "No branches."
                : String.join(
                        System.lineSeparator(),
                        branches.stream()
                                .map(branch -> branch.snapshot().abbreviated() + "  " + branch.name())
                                .toList());
    }
}
