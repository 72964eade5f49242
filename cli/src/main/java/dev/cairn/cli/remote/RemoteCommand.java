package dev.cairn.cli.remote;

import dev.cairn.cli.command.CommandGroup;
import picocli.CommandLine.Command;

/** {@code cairn remote}: where to push and pull. */
@Command(
        name = "remote",
        description = "Servers to push to and pull from.",
        subcommands = {RemoteAddCommand.class, RemoteListCommand.class, RemoteRemoveCommand.class},
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn remote add origin 'https://HOST:7420/default/home#sha256:...' \\",
            "      --enrol CODE",
            "  cairn remote list",
            "Next: 'cairn push' sends what a remote lacks."
        })
public final class RemoteCommand extends CommandGroup {}
