package dev.cairn.cli;

/** Ends a command with a problem that the command line itself found. */
final class CommandFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient Problem problem;

    CommandFailure(Problem problem) {
        super(problem.message());
        this.problem = problem;
    }

    CommandFailure(ExitCode exitCode, String message, String hint) {
        this(new Problem(exitCode, message, hint));
    }

    /** Wrong usage: exit code 2. */
    static CommandFailure usage(String message, String hint) {
        return new CommandFailure(ExitCode.USAGE, message, hint);
    }

    Problem problem() {
        return problem;
    }
}
