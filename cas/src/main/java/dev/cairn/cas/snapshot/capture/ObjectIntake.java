package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSink;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.seal.Sealer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Takes the chunks and pages of a capture, leaves out what the repository has, and assembles records of the rest.
 *
 * <ul>
 *   <li>Whole small files go into runs of {@value OpenRun#SMALL_BYTES} bytes, pieces of larger ones into runs of {@value
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
    private final Deque<WaitingPage> waiting = new ArrayDeque<>();
    private long waitingBytes;
    /** What was taken and is not durable yet. */
    private final Set<ObjectId> underWay = ConcurrentHashMap.newKeySet();

    private long chunksNew;
    private long bytesNew;

    ObjectIntake(Sealer sealer, RecordTarget target, SealingLine line) {
        this.sealer = sealer;
        this.target = target;
        this.line = line;
    }

    /** A page, and how many runs of each kind must be closed before it goes. */
    private record WaitingPage(ObjectId id, PlainObject page, int bytes, long smallClosed, long largeClosed) {}

    /** Takes a chunk that is a whole small file. The buffer is not kept. */
    ObjectId smallFile(byte[] buffer, int offset, int length) {
        return chunk(small, buffer, offset, length);
    }

    /** Takes a chunk that is a piece of a larger file. The buffer is not kept. */
    ObjectId piece(byte[] buffer, int offset, int length) {
        return chunk(large, buffer, offset, length);
    }

    private ObjectId chunk(OpenRun run, byte[] buffer, int offset, int length) {
        ObjectId id = sealer.hasher().chunk(buffer, offset, length);
        if (isNew(id)) {
            add(run, id, PlainObject.chunk(Arrays.copyOfRange(buffer, offset, offset + length)));
        }
        return id;
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
                waiting.add(new WaitingPage(id, object, bytes, small.closedWith(), large.closedWith()));
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
        underWay.add(id);
        chunksNew++;
        bytesNew += bytes;
    }

    private void close(OpenRun run) {
        OpenRun.Closed closed = run.close();
        line.add(
                closed.bytes(),
                () -> sealer.sealRun(closed.ids(), closed.chunks()),
                () -> closed.ids().forEach(underWay::remove));
    }

    private void closeRuns() {
        if (!small.isEmpty()) {
            close(small);
        }
        if (!large.isEmpty()) {
            close(large);
        }
    }

    private void releasePages() {
        while (!waiting.isEmpty()) {
            WaitingPage next = waiting.peek();
            if (small.closed() < next.smallClosed() || large.closed() < next.largeClosed()) {
                return;
            }
            waiting.remove();
            waitingBytes -= next.bytes();
            line.add(
                    next.bytes(),
                    () -> sealer.sealPages(List.of(next.id()), List.of(next.page())),
                    () -> underWay.remove(next.id()));
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
