package dev.cairn.cli.remote;

import dev.cairn.cli.command.CommandGroup;
import picocli.CommandLine.Command;

/** {@code cairn remote}: where to push and pull. */
@Command(
        name = "remote",
        description = "Servers to push to and pull from.",
        subcommands = {RemoteAddCommand.class, RemoteListCommand.class, RemoteRemoveCommand.class})
public final class RemoteCommand extends CommandGroup {}
