package dev.cairn.cli.failure;

import java.util.Locale;

/** The exit codes of the command line. Part of its contract: codes are never given another meaning. */
public enum ExitCode {
    DONE(0),
    FAILED(1),
    USAGE(2),
    /** Some files could not be read or written; each is listed. */
    PARTIAL(3),
    /** The branch moved, or a conflict is left for a person. */
    CONFLICT(4),
    NO_REPOSITORY(10),
    BUSY(11),
    WRONG_KEY(12),
    DAMAGED(13),
    UNREACHABLE(14),
    NOT_ALLOWED(15),
    FULL(16),
    VERSION(17),
    /** The remote shows an older or another history than was seen before. */
    ROLLBACK(18),
    INTERRUPTED(130);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** The word that stands for it in JSON errors: {@code no-repository}. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
