package dev.cairn.cli;

import picocli.CommandLine.Command;

/** {@code cairn tag}: words for snapshots. */
@Command(
        name = "tag",
        description = "Add tags to a snapshot, and remove them.",
        subcommands = {TagAddCommand.class, TagRemoveCommand.class})
final class TagCommand extends CommandGroup {}
