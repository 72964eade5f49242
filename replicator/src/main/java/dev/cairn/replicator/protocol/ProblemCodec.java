package dev.cairn.replicator.protocol;

import dev.cairn.replicator.protocol.wire.Problem.Code;

/** Problems as a frame and back. Thread-safe; keeps nothing. */
public final class ProblemCodec {

    private ProblemCodec() {}

    /** The one frame of an answer whose status is {@code problem.code().status()}. */
    public static byte[] encode(Problem problem) {
        return Frames.frame(message(problem));
    }

    /**
     * The problem in a frame's bytes.
     *
     * @param status the answer's status: what counts if the code is one of a later version
     * @throws MalformedMessageException if it is not a problem
     */
    public static Problem decode(int status, byte[] frame) {
        dev.cairn.replicator.protocol.wire.Problem message =
                Frames.parse(dev.cairn.replicator.protocol.wire.Problem.parser(), frame, "problem");
        return problem(message, status);
    }

    static dev.cairn.replicator.protocol.wire.Problem message(Problem problem) {
        return dev.cairn.replicator.protocol.wire.Problem.newBuilder()
                .setCode(Code.forNumber(problem.code().number()))
                .setMessage(problem.message())
                .setHint(problem.hint())
                .setIds(IdBytes.pack(problem.ids()))
                .setRetryAfterSeconds(problem.retryAfterSeconds())
                .setProtocolMin(problem.server().min())
                .setProtocolMax(problem.server().max())
                .build();
    }

    static Problem problem(dev.cairn.replicator.protocol.wire.Problem message) {
        return problem(message, ProblemCode.INTERNAL.status());
    }

    private static Problem problem(dev.cairn.replicator.protocol.wire.Problem message, int status) {
        ProblemCode code = ProblemCode.of(message.getCodeValue()).orElseGet(() -> ProblemCode.ofStatus(status));
        int min = message.getProtocolMin();
        int max = message.getProtocolMax();
        return new Problem(
                code,
                message.getMessage(),
                message.getHint(),
                IdBytes.unpack(message.getIds(), ProtocolLimits.PROBLEM_IDS_MAX, "ids of a problem"),
                message.getRetryAfterSeconds(),
                min >= 1 && max >= min ? new ProtocolVersions(min, max) : ProtocolVersions.OWN);
    }
}
