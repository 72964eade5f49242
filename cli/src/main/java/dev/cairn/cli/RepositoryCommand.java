package dev.cairn.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that works on a repository of this machine. */
abstract class RepositoryCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    /** Runs the command. */
    abstract ExitCode run() throws Exception;

    @Override
    public final Integer call() throws Exception {
        long began = System.nanoTime();
        startNanos = began;
        return run().number();
    }

    private long startNanos;

    /** Seconds since the command began, to the millisecond. */
    final double seconds() {
        return (System.nanoTime() - startNanos) / 1_000_000 / 1000.0;
    }

    final CairnCommand cairn() {
        return (CairnCommand) spec.root().userObject();
    }

    final Console console() {
        return cairn().console();
    }

    final RepositoryAccess access() {
        return new RepositoryAccess(cairn().global(), cairn().places());
    }
}
