package dev.cairn.cli.retention;

import dev.cairn.cli.command.CommandGroup;
import picocli.CommandLine.Command;

/** {@code cairn branch}: the names that snapshots are reached by. */
@Command(
        name = "branch",
        description = "List, make, delete and rename branches.",
        subcommands = {
            BranchListCommand.class,
            BranchCreateCommand.class,
            BranchDeleteCommand.class,
            BranchRenameCommand.class
        })
public final class BranchCommand extends CommandGroup {}
