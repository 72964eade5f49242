package dev.cairn.cli.retention;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.OperationId;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cli.command.DryRun;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import java.security.SecureRandom;
import java.util.List;
import picocli.CommandLine.Mixin;

/** What the commands that make and delete branches have in common. */
abstract class BranchChangeCommand extends RepositoryCommand {

    @Mixin
    private final DryRun dryRun = new DryRun();

    private final SecureRandom random = new SecureRandom();

    /** What is written, and what is not. */
    final DryRun dryRun() {
        return dryRun;
    }

    /** Makes a branch that must not be there yet. */
    final void create(Repository repository, String name, ObjectId snapshot) {
        if (dryRun.isWanted()) {
            if (repository.store().branch(name).isPresent()) {
                throw isThere(name);
            }
            return;
        }
        BranchMove move = new BranchMove(name, null, snapshot, List.of(), operation());
        if (!(repository.store().move(move) instanceof BranchMove.Outcome.Moved)) {
            throw isThere(name);
        }
    }

    private static CommandFailure isThere(String name) {
        return new CommandFailure(
                ExitCode.CONFLICT,
                "there is a branch '" + name + "' already",
                "Choose another name, or delete it first with: cairn branch delete " + name);
    }

    /** Deletes a branch that must still be where {@code branch} says. */
    final void delete(Repository repository, Branch branch) {
        if (dryRun.isWanted()) {
            return;
        }
        BranchMove deletion = BranchMove.deletion(branch.name(), branch.snapshot(), operation());
        if (!(repository.store().move(deletion) instanceof BranchMove.Outcome.Deleted)) {
            throw new CommandFailure(
                    ExitCode.CONFLICT, "branch '" + branch.name() + "' moved meanwhile", "Look, and try again.");
        }
    }

    private OperationId operation() {
        return new OperationId(random.nextLong(), random.nextLong());
    }

    final ObjectNode json(String name, ObjectId snapshot) {
        return dryRun.mark(Console.object().put("branch", name))
                .put("snapshot", snapshot.toString())
                .put("seconds", seconds());
    }
}
