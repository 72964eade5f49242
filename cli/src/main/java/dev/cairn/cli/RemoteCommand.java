package dev.cairn.cli;

import picocli.CommandLine.Command;

/** {@code cairn remote}: where to push and pull. */
@Command(
        name = "remote",
        description = "Servers to push to and pull from.",
        subcommands = {RemoteAddCommand.class, RemoteListCommand.class, RemoteRemoveCommand.class})
final class RemoteCommand extends CommandGroup {}
