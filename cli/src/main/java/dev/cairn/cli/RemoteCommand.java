package dev.cairn.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code cairn remote}: where to push and pull. */
@Command(
        name = "remote",
        description = "Servers to push to and pull from.",
        subcommands = {RemoteAddCommand.class, RemoteListCommand.class, RemoteRemoveCommand.class})
final class RemoteCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        throw CommandFailure.usage("a command is missing", spec.commandLine().getUsageMessage());
    }
}
