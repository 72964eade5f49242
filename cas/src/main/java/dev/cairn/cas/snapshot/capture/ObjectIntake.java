package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSink;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.manifest.ChunkMap;
import dev.cairn.cas.seal.Sealer;
import dev.cairn.cas.snapshot.base.NewRun;
import dev.cairn.cas.snapshot.base.OldPages;
import dev.cairn.cas.snapshot.base.OldVersion;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes the chunks and pages of a capture, leaves out what the repository has, and assembles records of the rest.
 *
 * <ul>
 *   <li>New chunks of a file that has an older version become deltas of it, where that is worth it ({@link DeltaSealing}).
 *   <li>Otherwise: whole small files go into runs of {@value OpenRun#SMALL_BYTES} bytes, pieces of larger ones into runs of {@value
 *       OpenRun#LARGE_BYTES}, each in the order in which they come.
 *   <li>A page has a record of its own, so that a later one can replace it, and a peer fetch it, without its neighbours. It
 *       waits until the runs that were open when it came are closed: its chunks may stand in them. When more than {@value
 *       #PAGES_WAITING_BYTES_MAX} bytes wait, the runs are closed early.
 * </ul>
 *
 * <p>What is not durable yet counts as known too, so nothing is brought twice. For one thread.
 */
final class ObjectIntake implements ObjectSink {

    /** The most bytes of pages that wait for open runs. */
    static final int PAGES_WAITING_BYTES_MAX = 4 << 20;

    private final Sealer sealer;
    private final RecordTarget target;
    private final SealingLine line;
    private final OpenRun small = new OpenRun(OpenRun.SMALL_BYTES);
    private final OpenRun large = new OpenRun(OpenRun.LARGE_BYTES);
    private final OpenDelta delta = new OpenDelta();
    private final OpenSmallDelta smallDelta = new OpenSmallDelta();
    private final DeltaSealing deltas;
    private final OldPages oldPages;
    private final Deque<WaitingPage> waiting = new ArrayDeque<>();
    private long waitingBytes;
    /** What was taken and is not durable yet. */
    private final Set<ObjectId> underWay = ConcurrentHashMap.newKeySet();

    private long chunksNew;
    private long bytesNew;

    /** @param oldPages the pages of older versions, which new ones may be deltas of */
    ObjectIntake(Sealer sealer, RecordTarget target, SealingLine line, DeltaSealing deltas, OldPages oldPages) {
        this.sealer = sealer;
        this.deltas = deltas;
        this.oldPages = oldPages;
        this.target = target;
        this.line = line;
    }

    /** How many runs and deltas of each kind were closed. */
    private record Closed(long small, long large, long delta, long smallDelta) {
        boolean isBefore(Closed other) {
            return small < other.small || large < other.large || delta < other.delta || smallDelta < other.smallDelta;
        }
    }

    /** A page, and what must be closed before it goes. */
    private record WaitingPage(
            ObjectId id, PlainObject page, @Nullable ObjectId old, int bytes, Closed after) {}

    private Closed closed() {
        return new Closed(small.closed(), large.closed(), delta.closed(), smallDelta.closed());
    }

    private Closed closedWithOpen() {
        return new Closed(small.closedWith(), large.closedWith(), delta.closedWith(), smallDelta.closedWith());
    }

    /** Takes a chunk that is a whole small file. The buffer is not kept. */
    ObjectId smallFile(byte[] buffer, int offset, int length) {
        return smallFile(buffer, offset, length, List::of);
    }

    /**
     * Takes a chunk that is a whole small file and may be like an older one. The buffer is not kept.
     *
     * @param older the chunks of the older one, or none; is asked only if the chunk is new
     */
    ObjectId smallFile(byte[] buffer, int offset, int length, Supplier<List<ChunkMap.Placed>> older) {
        ObjectId id = sealer.hasher().chunk(buffer, offset, length);
        if (!isNew(id)) {
            return id;
        }
        List<ChunkMap.Placed> bases = target.isLost(id) ? List.of() : older.get();
        if (bases.isEmpty()) {
            add(small, id, PlainObject.chunk(Arrays.copyOfRange(buffer, offset, offset + length)));
        } else {
            if (!smallDelta.takes(length, bases)) {
                closeSmallDelta();
                releasePages();
            }
            smallDelta.add(new NewRun.Chunk(id, Arrays.copyOfRange(buffer, offset, offset + length)), bases);
            count(id, length);
        }
        return id;
    }

    /**
     * Takes the next chunk of a larger file. The buffer is not kept.
     *
     * @param id the chunk's name
     * @param old the older version that the file has, the same one until {@link #endDelta}
     */
    void piece(ObjectId id, byte[] buffer, int offset, int length, @Nullable OldVersion old) {
        boolean isNew = isNew(id);
        boolean mayBeDelta = isNew && old != null && !target.isLost(id);
        if (old != null && !mayBeDelta) {
            delta.known(id, length);
        }
        if (!isNew) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(buffer, offset, offset + length);
        if (old == null || !mayBeDelta) {
            add(large, id, PlainObject.chunk(bytes));
            return;
        }
        if (!delta.takes(length)) {
            closeDelta();
            releasePages();
        }
        delta.add(old, new NewRun.Chunk(id, bytes));
        count(id, length);
    }

    /** A hole or the like stands between two pieces. */
    void gapInDelta(long bytes) {
        delta.gap(bytes);
    }

    /** The file whose pieces came last has ended. */
    void endDelta() {
        closeDelta();
        delta.end();
        releasePages();
    }

    @Override
    public ObjectId put(PlainObject object) {
        ObjectId id = sealer.hasher().id(object);
        if (!isNew(id)) {
            return id;
        }
        switch (object.type()) {
            case CHUNK -> add(small, id, object);
            case NODE -> {
                int bytes = object.body().length
                        + ObjectId.BYTES
                                * (object.nodeChildren().size()
                                        + object.chunkChildren().size());
                ObjectId old = target.isLost(id) ? null : oldPages.replacedBy(object, delta.old());
                waiting.add(new WaitingPage(id, object, old, bytes, closedWithOpen()));
                waitingBytes += bytes;
                underWay.add(id);
                if (waitingBytes > PAGES_WAITING_BYTES_MAX) {
                    closeRuns();
                }
                releasePages();
            }
            case SNAPSHOT -> throw new IllegalArgumentException("a snapshot goes last, by itself");
        }
        return id;
    }

    private boolean isNew(ObjectId id) {
        // In this order: what becomes durable between the two questions is found by the second.
        return !underWay.contains(id) && !target.has(id);
    }

    private void add(OpenRun run, ObjectId id, PlainObject chunk) {
        int bytes = chunk.body().length;
        if (!run.takes(bytes)) {
            close(run);
            releasePages();
        }
        run.add(id, chunk);
        count(id, bytes);
    }

    private void count(ObjectId id, int bytes) {
        underWay.add(id);
        chunksNew++;
        bytesNew += bytes;
    }

    private void closeDelta() {
        OldVersion old = delta.old();
        if (old != null && !delta.isEmpty()) {
            OpenDelta.Closed closed = delta.close();
            line.add(closed.bytes(), () -> deltas.seal(old, closed.runs()), noLongerUnderWay(closed.ids()));
        }
    }

    private void closeSmallDelta() {
        if (!smallDelta.isEmpty()) {
            OpenSmallDelta.Closed closed = smallDelta.close();
            line.add(
                    closed.bytes(),
                    () -> deltas.seal(closed.group(), OpenRun.SMALL_BYTES),
                    noLongerUnderWay(closed.ids()));
        }
    }

    private void close(OpenRun run) {
        OpenRun.Closed closed = run.close();
        line.add(
                closed.bytes(),
                () -> List.of(sealer.sealRun(closed.ids(), closed.chunks())),
                noLongerUnderWay(closed.ids()));
    }

    /** Held until records are durable, so it holds ids only, and not the bytes that they were made of. */
    private Runnable noLongerUnderWay(List<ObjectId> ids) {
        return () -> ids.forEach(underWay::remove);
    }

    private void closeRuns() {
        if (!small.isEmpty()) {
            close(small);
        }
        if (!large.isEmpty()) {
            close(large);
        }
        closeDelta();
        closeSmallDelta();
    }

    private void releasePages() {
        while (!waiting.isEmpty()) {
            WaitingPage next = waiting.peek();
            if (closed().isBefore(next.after())) {
                return;
            }
            waiting.remove();
            waitingBytes -= next.bytes();
            line.add(
                    next.bytes(),
                    () -> List.of(deltas.sealPage(next.id(), next.page(), next.old())),
                    noLongerUnderWay(List.of(next.id())));
        }
    }

    /** Sends off all that was taken. Does not wait for it. */
    void flush() {
        closeRuns();
        releasePages();
    }

    /** Chunks that the repository lacked. */
    long chunksNew() {
        return chunksNew;
    }

    /** Their plain bytes. */
    long bytesNew() {
        return bytesNew;
    }
}
