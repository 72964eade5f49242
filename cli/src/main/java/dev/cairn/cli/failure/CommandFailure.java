package dev.cairn.cli.failure;

/** Ends a command with a problem that the command line itself found. */
public final class CommandFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient Problem problem;

    public CommandFailure(Problem problem) {
        super(problem.message());
        this.problem = problem;
    }

    public CommandFailure(ExitCode exitCode, String message, String hint) {
        this(new Problem(exitCode, message, hint));
    }

    /** Wrong usage: exit code 2. */
    public static CommandFailure usage(String message, String hint) {
        return new CommandFailure(ExitCode.USAGE, message, hint);
    }

    Problem problem() {
        return problem;
    }
}
