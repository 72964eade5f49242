package dev.cairn.cli.command;

import dev.cairn.cli.failure.CommandFailure;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that only holds others; called alone it says which. */
public abstract class CommandGroup implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public final void run() {
        throw CommandFailure.usage(
                "a command is missing: cairn %s %s"
                        .formatted(
                                spec.name(), String.join("|", spec.subcommands().keySet())),
                "See 'cairn " + spec.name() + " --help'.");
    }
}
