package dev.cairn.cli.retention;

import dev.cairn.cli.command.CommandGroup;
import picocli.CommandLine.Command;

/** {@code cairn tag}: words for snapshots. */
@Command(
        name = "tag",
        description = "Add tags to a snapshot, and remove them.",
        subcommands = {TagAddCommand.class, TagRemoveCommand.class},
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn tag add main release-1",
            "  cairn tag remove main release-1",
            "Next: 'cairn snapshots --tag release-1' lists them, 'cairn forget --keep-tag release-1' keeps them."
        })
public final class TagCommand extends CommandGroup {}
