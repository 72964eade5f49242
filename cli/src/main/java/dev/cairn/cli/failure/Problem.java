package dev.cairn.cli.failure;

/**
 * What went wrong, as a person and a script are told.
 *
 * @param exitCode what the process exits with
 * @param code a word for scripts
 * @param message what and where, one sentence
 * @param hint what to do next; may be empty
 */
public record Problem(ExitCode exitCode, String code, String message, String hint) {

    public Problem(ExitCode exitCode, String message, String hint) {
        this(exitCode, exitCode.word(), message, hint);
    }
}
