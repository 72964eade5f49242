package dev.cairn.cli.failure;

import java.util.Locale;

/** The exit codes of the command line. Part of its contract: codes are never given another meaning. */
public enum ExitCode {
    DONE(0, "done"),
    FAILED(1, "anything that is not below"),
    USAGE(2, "wrong usage"),
    PARTIAL(3, "done in part: some files could not be read or written; each is listed"),
    CONFLICT(4, "the branch moved, or it is left for a person to decide"),
    NO_REPOSITORY(10, "no repository there"),
    BUSY(11, "another process writes, and --lock-wait ran out"),
    WRONG_KEY(12, "wrong key or password"),
    DAMAGED(13, "damaged data was found"),
    UNREACHABLE(14, "remote not reachable, after retries"),
    NOT_ALLOWED(15, "not allowed"),
    FULL(16, "the store is full"),
    VERSION(17, "versions do not fit together"),
    ROLLBACK(18, "the remote shows an older or another history than was seen before"),
    INTERRUPTED(130, "interrupted"),
    UNREAD(141, "what read standard output has ended, as 'head' does: nothing is said of it");

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    /** What it means, for people. */
    public String meaning() {
        return meaning;
    }

    public int number() {
        return number;
    }

    /** The word that stands for it in JSON errors: {@code no-repository}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
