package dev.cairn.replicator;

import dev.cairn.replicator.protocol.ProtocolLimits;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Sessions over a {@link BadNetwork}, begun again and again until one comes to its end. */
final class TestSessions {

    /** Of a server of this version, about whose repository nothing is remembered. */
    static final RemoteHints NEW_TO_IT = new RemoteHints(true, null);

    private TestSessions() {}

    /** Pushes all branches; the client dies again and again on the way. */
    static void pushUntilDone(
            BadNetwork network, TestRepository local, ProtocolLimits limits, SplittableRandom random) {
        Action last = null;
        while (last == null) {
            try (Session session = push(local, limits, random)) {
                last = network.run(session, 5 + random.nextInt(120));
            }
        }
        done(last);
    }

    /** Pulls all branches likewise. */
    static void pullUntilDone(
            BadNetwork network, TestRepository local, ProtocolLimits limits, SplittableRandom random, Path folder) {
        network.client = local.store;
        Action last = null;
        while (last == null) {
            Session session = pull(local, limits, random, folder);
            last = network.run(session, 5 + random.nextInt(200));
            if (random.nextInt(4) > 0) {
                session.close(); // Else the spool seems to be in use, and the next pull takes another.
            }
        }
        done(last);
    }

    static PushSession push(TestRepository local, ProtocolLimits limits, SplittableRandom random) {
        return push(local, limits, NEW_TO_IT, random);
    }

    /** A push that has hints of what the remote is. */
    static PushSession push(TestRepository local, ProtocolLimits limits, RemoteHints hints, SplittableRandom random) {
        return new PushSession(
                local.replica(), List.of(), Sending.LACKING, limits, hints, random.split(), TransferProgress.NONE);
    }

    static Session pull(TestRepository local, ProtocolLimits limits, SplittableRandom random, Path folder) {
        return pull(local, ChunkSupply.NONE, limits, random, folder);
    }

    static Session pull(
            TestRepository local, ChunkSupply supply, ProtocolLimits limits, SplittableRandom random, Path folder) {
        return pull(local.replica(), supply, limits, random, folder);
    }

    /** A pull of all branches into what sessions see of a repository. */
    static Session pull(
            Replica local, ChunkSupply supply, ProtocolLimits limits, SplittableRandom random, Path folder) {
        return new PullSession(
                local,
                List.of(),
                limits,
                random.split(),
                folder,
                PullSession.SPOOL_BYTES_MAX,
                supply,
                TransferProgress.NONE);
    }

    /** What a session did that must have come to a good end. */
    static TransferResult done(@Nullable Action last) {
        if (last instanceof Action.Fail(RuntimeException cause, TransferResult result)) {
            throw new AssertionError("the session failed: " + result, cause);
        }
        if (last instanceof Action.Done(TransferResult result)) {
            return result;
        }
        throw new AssertionError("the session did not end: " + last);
    }
}
