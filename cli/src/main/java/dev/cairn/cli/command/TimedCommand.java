package dev.cairn.cli.command;

import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that knows how long it has been running. */
public abstract class TimedCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private long startNanos;

    /** Runs the command. */
    protected abstract ExitCode run() throws Exception;

    @Override
    public final Integer call() throws Exception {
        startNanos = System.nanoTime();
        return run().number();
    }

    /** Seconds since the command began, to the millisecond. */
    protected final double seconds() {
        return Math.round((System.nanoTime() - startNanos) / 1e6) / 1e3;
    }

    protected final CairnCommand cairn() {
        return (CairnCommand) spec.root().userObject();
    }

    protected final Console console() {
        return cairn().console();
    }
}
