package dev.cairn.replicator.protocol;

import java.util.Optional;

/** Why a request was not done. Numbers and statuses are part of the protocol. */
public enum ProblemCode {
    VERSION(1, 426),
    MALFORMED(2, 400),
    TOO_LARGE(3, 413),
    TOKEN_EXPIRED(4, 401),
    TOKEN_REFUSED(5, 403),
    NOT_ALLOWED(6, 403),
    ENROLMENT_REFUSED(7, 403),
    NO_REPOSITORY(8, 404),
    OTHER_REPOSITORY(9, 409),
    MISSING(10, 409),
    DAMAGED(11, 422),
    FULL(12, 507),
    BUSY(13, 503),
    INTERNAL(14, 500),
    SERVER_DAMAGED(15, 500),
    CHANGED(16, 409);

    private final int number;
    private final int status;

    ProblemCode(int number, int status) {
        this.number = number;
        this.status = status;
    }

    /** The number on the wire. */
    public int number() {
        return number;
    }

    /** The HTTP status that goes with it. */
    public int status() {
        return status;
    }

    /** Whether the same request may succeed a little later. */
    public boolean passes() {
        return this == BUSY || this == INTERNAL;
    }

    static Optional<ProblemCode> of(int number) {
        for (ProblemCode code : values()) {
            if (code.number == number) {
                return Optional.of(code);
            }
        }
        return Optional.empty();
    }

    /** What a status alone tells, for a code that this version does not know. */
    public static ProblemCode ofStatus(int status) {
        return switch (status) {
            case 401 -> TOKEN_EXPIRED;
            case 403 -> NOT_ALLOWED;
            case 404 -> NO_REPOSITORY;
            case 413 -> TOO_LARGE;
            case 426 -> VERSION;
            case 429, 503 -> BUSY;
            case 507 -> FULL;
            default -> status >= 500 ? INTERNAL : MALFORMED;
        };
    }
}
