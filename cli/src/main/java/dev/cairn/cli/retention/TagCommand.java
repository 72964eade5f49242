package dev.cairn.cli.retention;

import dev.cairn.cli.command.CommandGroup;
import picocli.CommandLine.Command;

/** {@code cairn tag}: words for snapshots. */
@Command(
        name = "tag",
        description = "Add tags to a snapshot, and remove them.",
        subcommands = {TagAddCommand.class, TagRemoveCommand.class})
public final class TagCommand extends CommandGroup {}
