package dev.cairn.replicator.protocol;

import java.util.Arrays;
import java.util.List;

/** What a server may know beyond the least of its protocol version, told in {@code hello}. Whoever does not know one ignores it. */
public enum Feature {
    /** Takes tokens that are bound to the TLS connection, in place of sessions. */
    CHANNEL_TOKEN("channel-token"),
    /** Answers {@code state}; takes conditions and a move with a batch. */
    STATE("state"),
    /** Has a digest of all notes about snapshots in {@code info}, and the routes {@code notes} and {@code annotate}. */
    NOTES("notes"),
    /** Takes a move without a target, which deletes its branch. */
    DELETE_BRANCH("delete-branch");

    private final String text;

    Feature(String text) {
        this.text = text;
    }

    /** As it stands in {@code hello}. */
    public String text() {
        return text;
    }

    /** What a server of this program tells; tokens can be bound to a connection only where there is TLS. */
    public static List<String> own(boolean isSecure) {
        return Arrays.stream(values())
                .filter(feature -> isSecure || feature != CHANNEL_TOKEN)
                .map(Feature::text)
                .toList();
    }
}
