package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.snapshot.base.NewRun;
import dev.cairn.cas.snapshot.base.OldVersion;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The new chunks of a larger file, gathered in runs until there are enough for a delta. For one thread. */
final class OpenDelta {

    /** The most bytes of new chunks in one delta. */
    static final int BYTES_MAX = 2 << 20;

    /**
     * The most bytes of the file from the first new chunk to the last. All of a delta is decoded to read one chunk, so that
     * chunks which are read long after one another are better apart.
     */
    static final int SPAN_BYTES_MAX = 6 << 20;

    private @Nullable OldVersion old;
    private List<NewRun> runs = new ArrayList<>();
    private List<NewRun.Chunk> current = new ArrayList<>();
    private long position;
    private long currentOffset;
    private long firstOffset;
    private @Nullable ObjectId before;
    private int bytes;
    private long closed;

    /** The runs of a delta that was closed. */
    record Closed(List<NewRun> runs, int bytes) {

        /** Of all its chunks. */
        List<ObjectId> ids() {
            return runs.stream()
                    .flatMap(run -> run.chunks().stream())
                    .map(NewRun.Chunk::id)
                    .toList();
        }
    }

    /** The older version of the file that chunks came of last; null if there is none. */
    @Nullable
    OldVersion old() {
        return old;
    }

    /** A chunk follows that is not new. */
    void known(ObjectId id, int length) {
        endRun(id);
        before = id;
        position += length;
    }

    /** Bytes follow that are in no chunk. */
    void gap(long length) {
        endRun(null);
        before = null;
        position += length;
    }

    boolean takes(int length) {
        return bytes == 0 || (bytes + length <= BYTES_MAX && position + length - firstOffset <= SPAN_BYTES_MAX);
    }

    /** A new chunk follows. */
    void add(OldVersion of, NewRun.Chunk chunk) {
        old = of;
        if (current.isEmpty()) {
            currentOffset = position;
        }
        if (bytes == 0) {
            firstOffset = position;
        }
        current.add(chunk);
        bytes += chunk.bytes().length;
        position += chunk.bytes().length;
    }

    private void endRun(@Nullable ObjectId after) {
        if (!current.isEmpty()) {
            runs.add(new NewRun(currentOffset, List.copyOf(current), before, after));
            current.clear();
        }
    }

    boolean isEmpty() {
        return bytes == 0;
    }

    /** Hands over what is in it; the file goes on. */
    Closed close() {
        endRun(null);
        before = null;
        Closed done = new Closed(runs, bytes);
        runs = new ArrayList<>();
        bytes = 0;
        closed++;
        return done;
    }

    /** The file ended, and all of it was handed over. */
    void end() {
        old = null;
        before = null;
        position = 0;
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
