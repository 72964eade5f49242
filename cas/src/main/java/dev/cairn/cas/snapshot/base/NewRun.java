package dev.cairn.cas.snapshot.base;

import dev.cairn.cas.ObjectId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * New chunks of a file that follow one another.
 *
 * @param offset of the first in the file
 * @param before the known chunk in front of them, null if there is none, or if it is not known
 * @param after the known chunk behind them, null likewise
 */
public record NewRun(
        long offset,
        List<Chunk> chunks,
        @Nullable ObjectId before,
        @Nullable ObjectId after) {

    /** A new chunk with its bytes, which are not copied. */
    public record Chunk(ObjectId id, byte[] bytes) {}

    /** Bytes of all. */
    public int bytes() {
        return chunks.stream().mapToInt(chunk -> chunk.bytes().length).sum();
    }
}
