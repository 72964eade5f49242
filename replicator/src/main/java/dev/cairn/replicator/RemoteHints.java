package dev.cairn.replicator;

import dev.cairn.replicator.protocol.Feature;
import dev.cairn.replicator.protocol.Greeting;
import dev.cairn.replicator.protocol.RemoteState;
import org.jspecify.annotations.Nullable;

/**
 * What a push knows of a remote before it asks.
 *
 * @param knowsStates whether the server knows {@link Feature#STATE}
 * @param remembered what the remote was when it was seen last; null if that is not known. Wrong as soon as somebody else changes it
 */
public record RemoteHints(boolean knowsStates, @Nullable RemoteState remembered) {

    /** Of a server about which nothing is known. */
    public static final RemoteHints NONE = new RemoteHints(false, null);

    /** Of a server that said {@code greeting}. */
    public static RemoteHints of(Greeting.HelloAnswer greeting, @Nullable RemoteState remembered) {
        boolean knowsStates = greeting.has(Feature.STATE);
        return new RemoteHints(knowsStates, knowsStates ? remembered : null);
    }
}
