package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.seal.ObjectHasher;
import dev.cairn.chunker.ChunkSlice;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Names chunks of larger files. The name of the zeros is remembered, so that long runs of them cost nothing. From any thread. */
final class ChunkNames implements Function<ChunkSlice, ObjectId> {

    private final ObjectHasher hasher;
    private volatile @Nullable Zeros zeros;

    private record Zeros(int bytes, ObjectId id) {}

    ChunkNames(ObjectHasher hasher) {
        this.hasher = hasher;
    }

    @Override
    public ObjectId apply(ChunkSlice chunk) {
        Zeros known = zeros;
        if (chunk.allZero() && known != null && known.bytes == chunk.length()) {
            return known.id;
        }
        ObjectId id = hasher.chunk(chunk.buffer(), chunk.offset(), chunk.length());
        if (chunk.allZero()) {
            zeros = new Zeros(chunk.length(), id);
        }
        return id;
    }
}
