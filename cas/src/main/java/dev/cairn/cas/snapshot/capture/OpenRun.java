package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.PlainObject;
import java.util.ArrayList;
import java.util.List;

/** A run that chunks are still added to. For one thread. */
public final class OpenRun {

    /** Where a run of pieces of larger files is full, in plain bytes. */
    public static final int LARGE_BYTES = 1 << 20;

    /** Where a run of whole small files is full, in plain bytes. */
    public static final int SMALL_BYTES = 640 << 10;

    private final int bytesMax;
    private List<ObjectId> ids = new ArrayList<>();
    private List<PlainObject> chunks = new ArrayList<>();
    private int bytes;
    private long closed;

    public OpenRun(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** The chunks of a run that was closed, in order. */
    public record Closed(List<ObjectId> ids, List<PlainObject> chunks, int bytes) {}

    /** Whether a chunk of that many bytes still goes in; one that is larger than a run has a run of its own. */
    public boolean takes(int chunkBytes) {
        return bytes == 0 || bytes + chunkBytes <= bytesMax;
    }

    public void add(ObjectId id, PlainObject chunk) {
        ids.add(id);
        chunks.add(chunk);
        bytes += chunk.body().length;
    }

    public boolean isEmpty() {
        return ids.isEmpty();
    }

    /** Hands over what is in it and starts anew. */
    public Closed close() {
        Closed run = new Closed(ids, chunks, bytes);
        ids = new ArrayList<>();
        chunks = new ArrayList<>();
        bytes = 0;
        closed++;
        return run;
    }

    /** How many runs must have been closed until all that was added so far is in closed ones. */
    long closedWith() {
        return isEmpty() ? closed : closed + 1;
    }

    /** How many runs were closed. */
    long closed() {
        return closed;
    }
}
