package dev.cairn.cli.command;

import dev.cairn.cas.seal.NoteSeal;
import dev.cairn.cli.failure.CommandFailure;
import java.nio.charset.StandardCharsets;

/** What may be a tag: the same for a new snapshot and for one that is there. */
public final class TagName {

    private TagName() {}

    /** Fails, as wrong usage, where {@code tag} is none. */
    public static void require(String tag) {
        int bytes = tag.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > NoteSeal.TAG_BYTES_MAX) {
            throw CommandFailure.usage(
                    "a tag has 1 to %,d bytes, not %,d".formatted(NoteSeal.TAG_BYTES_MAX, bytes),
                    "Give it a short name, such as before-move.");
        }
    }
}
