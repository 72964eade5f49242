package dev.cairn.replicator;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.StoreException;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.RecordDigest;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Records of a peer that did not open. Whoever may append to a server can put nonsense under an id, since the server cannot
 * tell it from sense; so a pull says which records it refuses, and is sent the next provider of what they should provide.
 *
 * <p>Each refusal names other bytes, and there are at most so many: a peer cannot keep a pull going for ever. Memory: a
 * digest each. Not thread-safe.
 */
final class Refusals {

    private final int max;
    private final Set<RecordDigest> refused = new LinkedHashSet<>();
    private @Nullable RuntimeException last;

    /** @param max the most that are remembered, and that a request may name */
    Refusals(int max) {
        this.max = max;
    }

    /**
     * Refuses a record.
     *
     * @throws RuntimeException what the pull fails with, if the peer sends it again, or has sent too many
     */
    void add(byte[] record, StoreException why) {
        RuntimeException failure = why instanceof CorruptDataException damage
                ? new RemoteException.Damaged(
                        "the server sent damaged data: " + damage.getMessage(),
                        "Nothing of it was kept. Run 'cairn verify --data' on the server's copy.")
                : why;
        last = failure;
        if (refused.size() >= max || !refused.add(RecordDigest.of(record))) {
            throw failure;
        }
    }

    /** Throws the last refusal if the peer has nothing else to offer; that says more than the peer's answer. */
    void requireAlternative(Problem problem) {
        if (last != null && problem.code() == ProblemCode.SERVER_DAMAGED) {
            throw last;
        }
    }

    boolean isEmpty() {
        return refused.isEmpty();
    }

    /** How many there are. */
    int count() {
        return refused.size();
    }

    /**
     * Fails a pull that would compare anew without having refused anything since {@code before}: then the peer sent again what was
     * refused, and would for ever.
     *
     * @param before what {@link #count} was
     */
    void requireMoreThan(int before) {
        if (refused.size() <= before) {
            throw last == null ? new RemoteException.PeerMisbehaved("pages that are not right", null) : last;
        }
    }

    /** All of them, for a request. */
    List<RecordDigest> list() {
        return List.copyOf(refused);
    }

    /** Whether this very record was refused before. */
    boolean contains(byte[] record) {
        return refused.contains(RecordDigest.of(record));
    }
}
