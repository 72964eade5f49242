package dev.cairn.cas.lmdb;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that writes to a replica in this process. Gathers requests into transactions: up to {@value
 * #GATHER_BYTES} bytes, for {@value #GATHER_MILLIS} ms at most, and not at all while a caller waits or where nothing more comes.
 * Where all requests are of a stream, of which more comes soon, it waits for {@value #STREAM_BYTES} bytes or {@value
 * #STREAM_OBJECTS} objects, {@value #STREAM_MILLIS} ms at most: each transaction ends a container, and copies pages of the index.
 *
 * <p>Memory: callers block while {@value #QUEUE_BYTES_MAX} bytes wait. Outcomes that nobody blocks for are told on another
 * thread, so that what a caller does with one cannot hold the writer up, or wait for it from within.
 */
final class Writer {

    static final long GATHER_BYTES = 64L << 20;

    /** More may wait than one transaction takes, so that the next is ready when one is done. */
    private static final long QUEUE_BYTES_MAX = 2 * GATHER_BYTES;

    private static final long GATHER_MILLIS = 200;
    private static final long IDLE_MILLIS = 10;

    private static final long STREAM_BYTES = 2L << 20;

    /** Ids are random: each object is on a page of the index of its own, and pages that a transaction copied stay behind free. */
    private static final int STREAM_OBJECTS = 200;

    private static final long STREAM_MILLIS = 500;

    private final Consumer<List<Request>> transaction;
    private final String name;
    private final ArrayDeque<Request> queue = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long queuedBytes;
    private int awaited;
    private int streamed;
    private long queuedObjects;
    private boolean closing;
    private @Nullable Thread thread;

    /**
     * A writer whose thread starts with the first request.
     *
     * @param transaction decides on requests and makes it durable, or throws and has changed nothing that counts
     */
    Writer(String name, Consumer<List<Request>> transaction) {
        this.name = name;
        this.transaction = transaction;
    }

    /** Queues a request; blocks while too much waits. */
    void submit(Request request) {
        lock.lock();
        try {
            while (queuedBytes > QUEUE_BYTES_MAX - GATHER_BYTES && !closing) {
                changed.awaitUninterruptibly();
            }
            if (closing) {
                throw new IllegalStateException("the store is closed");
            }
            queue.add(request);
            queuedBytes += request.bytes();
            count(request, 1);
            if (thread == null) {
                thread = Thread.ofPlatform().daemon().name(name).start(this::run);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        for (List<Request> batch = take(); !batch.isEmpty(); batch = take()) {
            try {
                transaction.accept(batch);
            } catch (Throwable e) {
                batch.forEach(request -> request.outcome().refuse(e));
            }
            settle(batch);
        }
    }

    private static void settle(List<Request> batch) {
        List<Request> unawaited = new ArrayList<>();
        for (Request request : batch) {
            if (request.outcome().isAwaited()) {
                request.outcome().settle();
            } else {
                unawaited.add(request);
            }
        }
        if (!unawaited.isEmpty()) {
            Thread.startVirtualThread(
                    () -> unawaited.forEach(request -> request.outcome().settle()));
        }
    }

    /** The next batch; empty once the writer is closed and everything is done. */
    private List<Request> take() {
        lock.lock();
        try {
            while (queue.isEmpty() && !closing) {
                changed.awaitUninterruptibly();
            }
            gather();
            List<Request> batch = new ArrayList<>();
            long bytes = 0;
            while (!queue.isEmpty() && (batch.isEmpty() || joins(queue.getFirst(), batch, bytes))) {
                Request request = queue.removeFirst();
                bytes += request.bytes();
                count(request, -1);
                batch.add(request);
            }
            queuedBytes -= bytes;
            changed.signalAll();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /** Whether a request may share the transaction of {@code batch}. */
    private static boolean joins(Request next, List<Request> batch, long bytes) {
        return bytes + next.bytes() <= GATHER_BYTES
                && !(next instanceof Request.Step<?>)
                && !(batch.getFirst() instanceof Request.Step<?>);
    }

    private void count(Request request, int by) {
        awaited += request.outcome().isAwaited() ? by : 0;
        streamed += request.outcome().isStreamed() ? by : 0;
        queuedObjects += (long) by * request.objects();
    }

    private void gather() {
        awaitStream(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STREAM_MILLIS));
        if (isStream()) {
            return;
        }
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GATHER_MILLIS);
        int known = -1;
        while (!closing
                && awaited == 0
                && queuedBytes < GATHER_BYTES
                && queue.size() != known
                && deadline - System.nanoTime() > 0) {
            known = queue.size();
            awaitMore(known, Math.min(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(IDLE_MILLIS), deadline));
        }
    }

    private boolean isStream() {
        return streamed == queue.size();
    }

    private void awaitStream(long deadline) {
        while (!closing
                && isStream()
                && queuedBytes < STREAM_BYTES
                && queuedObjects < STREAM_OBJECTS
                && deadline - System.nanoTime() > 0) {
            awaitMore(queue.size(), deadline);
        }
    }

    private void awaitMore(int known, long deadline) {
        try {
            long remaining = deadline - System.nanoTime();
            while (queue.size() == known && !closing && remaining > 0) {
                remaining = changed.awaitNanos(remaining);
            }
        } catch (InterruptedException e) {
            closing = true;
        }
    }

    /** Waits until everything that was queued is done; then takes no more. */
    void close() {
        Thread running;
        lock.lock();
        try {
            closing = true;
            running = thread;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (running != null && running.isAlive()) {
            try {
                running.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
