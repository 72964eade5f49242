package dev.cairn.replicator.protocol;

import dev.cairn.cas.ObjectId;
import java.util.List;
import java.util.Objects;

/**
 * Why a request was not done.
 *
 * @param message one sentence for a person; free of control characters
 * @param hint what to do next, one sentence; may be empty
 * @param ids the objects that lack, of {@link ProblemCode#MISSING}; more may lack
 * @param retryAfterSeconds when to come back, of {@link ProblemCode#BUSY}; 0 if not said
 * @param server the server's versions, of {@link ProblemCode#VERSION}
 */
public record Problem(
        ProblemCode code,
        String message,
        String hint,
        List<ObjectId> ids,
        int retryAfterSeconds,
        ProtocolVersions server)
        implements Response {

    public Problem {
        Objects.requireNonNull(code);
        message = printable(message);
        hint = printable(hint);
        ids = List.copyOf(ids.subList(0, Math.min(ids.size(), ProtocolLimits.PROBLEM_IDS_MAX)));
        retryAfterSeconds = Math.clamp(retryAfterSeconds, 0, 3600);
    }

    /** A problem with no more to say than this. */
    public static Problem of(ProblemCode code, String message, String hint) {
        return new Problem(code, message, hint, List.of(), 0, ProtocolVersions.OWN);
    }

    /** Children or bases of what was sent are not there. */
    public static Problem missing(List<ObjectId> ids) {
        return new Problem(
                ProblemCode.MISSING,
                ids.size() + " objects that others refer to are missing on the server",
                "Push again; what is missing is sent then.",
                ids,
                0,
                ProtocolVersions.OWN);
    }

    /** The server has too much to do. */
    public static Problem busy(String message, int retryAfterSeconds) {
        return new Problem(
                ProblemCode.BUSY, message, "Try again later.", List.of(), retryAfterSeconds, ProtocolVersions.OWN);
    }

    private static String printable(String text) {
        StringBuilder kept = new StringBuilder();
        text.codePoints()
                .limit(ProtocolLimits.TEXT_CHARS_MAX)
                .map(c -> Character.isISOControl(c)
                                || Character.getType(c) == Character.FORMAT
                                || Character.getType(c) == Character.SURROGATE
                        ? ' '
                        : c)
                .forEach(kept::appendCodePoint);
        return kept.toString();
    }
}
