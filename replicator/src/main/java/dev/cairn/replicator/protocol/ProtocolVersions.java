package dev.cairn.replicator.protocol;

import java.util.List;
import java.util.OptionalInt;

/**
 * The range of protocol versions that one side speaks, both ends included.
 *
 * @param min from 1
 * @param max not below {@code min}
 */
public record ProtocolVersions(int min, int max) {

    /** What this program speaks. */
    public static final ProtocolVersions OWN = new ProtocolVersions(1, 1);

    public ProtocolVersions {
        if (min < 1 || max < min) {
            throw new IllegalArgumentException("not a range of versions: %d to %d".formatted(min, max));
        }
    }

    /** The highest version in both ranges; empty if they do not meet. */
    public OptionalInt highestShared(ProtocolVersions other) {
        int shared = Math.min(max, other.max);
        return shared >= Math.max(min, other.min) ? OptionalInt.of(shared) : OptionalInt.empty();
    }

    /** What a server with this range answers to a client with {@code client}, when they share no version. */
    public Problem mismatch(ProtocolVersions client) {
        boolean clientIsOlder = client.max < min;
        return new Problem(
                ProblemCode.VERSION,
                "no protocol version in common: the client speaks %s, the server %s".formatted(client, this),
                clientIsOlder ? "Upgrade Cairn on the client." : "Upgrade Cairn on the server.",
                List.of(),
                0,
                this);
    }

    @Override
    public String toString() {
        return min == max ? "version " + min : "versions " + min + " to " + max;
    }
}
