package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.manifest.ChunkMap;
import dev.cairn.cas.snapshot.base.BaseChoice;
import dev.cairn.cas.snapshot.base.NewRun;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whole small files that have older versions, gathered until there are enough for a delta. For one thread. */
final class OpenSmallDelta {

    /** The most bytes of new chunks: all of them are decoded to read one. */
    static final int BYTES_MAX = 1 << 20;

    /** The most bytes of bases. */
    static final int BASE_BYTES_MAX = 4 << 20;

    private List<NewRun.Chunk> chunks = new ArrayList<>();
    private Map<ObjectId, ChunkMap.Placed> bases = new LinkedHashMap<>();
    private int bytes;
    private long baseBytes;
    private long closed;

    /** What a delta that was closed is made of. */
    record Closed(BaseChoice.Group group, int bytes) {

        /** Of all its chunks. */
        List<ObjectId> ids() {
            return group.chunks().stream().map(NewRun.Chunk::id).toList();
        }
    }

    boolean takes(int length, List<ChunkMap.Placed> more) {
        long moreBases = more.stream().mapToLong(ChunkMap.Placed::length).sum();
        return isEmpty() || (bytes + length <= BYTES_MAX && baseBytes + moreBases <= BASE_BYTES_MAX);
    }

    void add(NewRun.Chunk chunk, List<ChunkMap.Placed> more) {
        chunks.add(chunk);
        bytes += chunk.bytes().length;
        for (ChunkMap.Placed base : more) {
            if (bases.put(base.chunk(), base) == null) {
                baseBytes += base.length();
            }
        }
    }

    boolean isEmpty() {
        return chunks.isEmpty();
    }

    /** Hands over what is in it and starts anew. */
    Closed close() {
        Closed done = new Closed(
                new BaseChoice.Group(
                        Collections.nCopies(chunks.size(), 0L),
                        List.copyOf(chunks),
                        List.copyOf(bases.values()),
                        List.of()),
                bytes);
        chunks = new ArrayList<>();
        bases = new LinkedHashMap<>();
        bytes = 0;
        baseBytes = 0;
        closed++;
        return done;
    }

    /** How many deltas must have been closed until all that was added so far is in closed ones. */
    long closedWith() {
        return isEmpty() ? closed : closed + 1;
    }

    /** How many deltas were closed. */
    long closed() {
        return closed;
    }
}
