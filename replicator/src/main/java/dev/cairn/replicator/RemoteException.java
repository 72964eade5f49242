package dev.cairn.replicator;

import dev.cairn.cas.VersionMismatchException;
import dev.cairn.replicator.protocol.Fingerprint;
import dev.cairn.replicator.protocol.Problem;
import org.jspecify.annotations.Nullable;

/**
 * Something that could not be done with a remote. Each kind carries a hint, a sentence that says what to do next; the command
 * line maps each to its documented exit code. Versions that do not fit are told by {@link VersionMismatchException}.
 */
public abstract sealed class RemoteException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String hint;

    private RemoteException(String message, String hint, @Nullable Throwable cause) {
        super(message, cause);
        this.hint = hint;
    }

    /** What to do next, one sentence; may be empty. */
    public String hint() {
        return hint;
    }

    /** The remote did not answer, retries included. */
    public static final class Unreachable extends RemoteException {
        private static final long serialVersionUID = 1;

        public Unreachable(String message, @Nullable Throwable cause) {
            super(
                    message,
                    "Check that the server runs and that the address is right; what was acknowledged is not sent"
                            + " again.",
                    cause);
        }
    }

    /** The server knows the device and refuses, or does not know it. */
    public static final class NotAllowed extends RemoteException {
        private static final long serialVersionUID = 1;

        public NotAllowed(String message, String hint) {
            super(message, hint, null);
        }
    }

    /** The server's certificate has another key than the one that was pinned. */
    public static final class WrongFingerprint extends RemoteException {
        private static final long serialVersionUID = 1;

        private final transient Fingerprint actual;

        /** @param expected what is pinned, null if nothing is */
        public WrongFingerprint(@Nullable Fingerprint expected, Fingerprint actual) {
            super(
                    expected == null
                            ? "the server has the key %s, and none is pinned".formatted(actual)
                            : "the server has the key %s, but %s is pinned".formatted(actual, expected),
                    "If the server was set up anew, remove the remote and add it with the new fingerprint;"
                            + " else somebody stands between you and it.",
                    null);
            this.actual = actual;
        }

        /** The key that the server showed. */
        public Fingerprint actual() {
            return actual;
        }
    }

    /** A branch went different ways on both sides, or was moved meanwhile. */
    public static final class Conflict extends RemoteException {
        private static final long serialVersionUID = 1;

        public Conflict(String message, String hint) {
            super(message, hint, null);
        }
    }

    /** The server, or the tenant's quota, is full. */
    public static final class QuotaExceeded extends RemoteException {
        private static final long serialVersionUID = 1;

        public QuotaExceeded(String message, String hint) {
            super(message, hint, null);
        }
    }

    /** The server has no repository of that name. */
    public static final class NoRepository extends RemoteException {
        private static final long serialVersionUID = 1;

        public NoRepository(String message, String hint) {
            super(message, hint, null);
        }
    }

    /** The server sent what the protocol does not allow, or what is not what its ids name. */
    public static final class PeerMisbehaved extends RemoteException {
        private static final long serialVersionUID = 1;

        public PeerMisbehaved(String message, @Nullable Throwable cause) {
            super(
                    "the server sent something wrong: " + message,
                    "Nothing of it was kept. Check the server: its copy may be damaged.",
                    cause);
        }
    }

    /** The remote shows an older or another history than was seen there before. */
    public static final class RolledBack extends RemoteException {
        private static final long serialVersionUID = 1;

        public RolledBack(String message, String hint) {
            super(message, hint, null);
        }
    }

    /** The server says that its own copy is damaged, or that what it got is. */
    public static final class Damaged extends RemoteException {
        private static final long serialVersionUID = 1;

        public Damaged(String message, String hint) {
            super(message, hint, null);
        }
    }

    /** The server refuses for another reason, or failed. */
    public static final class Refused extends RemoteException {
        private static final long serialVersionUID = 1;

        public Refused(String message, String hint) {
            super(message, hint, null);
        }
    }

    /** Whoever waits asked to stop. */
    public static final class Cancelled extends RemoteException {
        private static final long serialVersionUID = 1;

        public Cancelled() {
            super("stopped", "Run the command again; it goes on where it was.", null);
        }
    }

    /** The exception that a problem from a server means: a {@link RemoteException} or a {@link VersionMismatchException}. */
    public static RuntimeException of(Problem problem) {
        String message = "the server says: " + problem.message();
        String hint = problem.hint();
        return switch (problem.code()) {
            case VERSION -> new VersionMismatchException(message, hint);
            case TOKEN_EXPIRED, TOKEN_REFUSED, NOT_ALLOWED, ENROLMENT_REFUSED -> new NotAllowed(message, hint);
            case NO_REPOSITORY -> new NoRepository(message, hint);
            case FULL -> new QuotaExceeded(message, hint);
            case BUSY -> new Unreachable(message, null);
            case DAMAGED, SERVER_DAMAGED -> new Damaged(message, hint);
            case MALFORMED, TOO_LARGE, OTHER_REPOSITORY, MISSING, INTERNAL, CHANGED -> new Refused(message, hint);
        };
    }
}
