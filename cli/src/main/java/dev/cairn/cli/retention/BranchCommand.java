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
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn branch list",
            "  cairn branch create before-upgrade main",
            "Next: 'cairn snapshot DIR --branch NAME' captures into a branch, and makes it if it is new."
        })
public final class BranchCommand extends CommandGroup {}
