package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.ObjectStore.CommitReceipt;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.snapshot.Cancellation;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Seals records on several threads and hands them to a {@link RecordTarget} in the order in which they came, so that children
 * get there before parents.
 *
 * <p>Bounded: {@link #add} waits while more than {@code bytesMax} bytes are under way, counted plain until they are sealed and
 * sealed until they are durable. The first failure of any stage stops everything: what comes later is not submitted, and the
 * failure is thrown by the next call.
 *
 * <p>{@link #add}, {@link #finish} and {@link #close} are for one thread. Nothing is ever interrupted: an interrupt closes the
 * files of a store under its hands.
 */
final class SealingLine implements AutoCloseable {

    /** How long a wait lasts before cancellation is asked again, in milliseconds. */
    private static final long WAIT_MILLIS = 50;

    private static final AtomicInteger LINES = new AtomicInteger();

    private final RecordTarget target;
    private final Cancellation cancellation;
    private final long bytesMax;
    private final ThreadPoolExecutor pool;
    /** Completes when the last record that was added has been submitted. */
    private CompletableFuture<?> submitted = CompletableFuture.completedFuture(null);

    private final Object lock = new Object();
    // Under the lock.
    private long bytesUnderWay;
    private int recordsUnderWay;
    private int recordsStored;
    private long bytesStored;
    private @Nullable Throwable failure;
    private volatile boolean stopped;

    SealingLine(RecordTarget target, int threads, long bytesMax, Cancellation cancellation) {
        this.target = target;
        this.bytesMax = bytesMax;
        this.cancellation = cancellation;
        int line = LINES.incrementAndGet();
        AtomicInteger number = new AtomicInteger();
        this.pool = new ThreadPoolExecutor(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "cairn-seal-" + line + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Takes something to be sealed into one or more records. Waits while too much is under way.
     *
     * @param plainBytes what {@code seal} holds on to
     * @param stored runs once the records are durable, on any thread
     * @throws RuntimeException the first failure of any record before
     * @throws CancellationException if it is time to stop
     */
    void add(long plainBytes, Supplier<List<SealedRecord>> seal, Runnable stored) {
        synchronized (lock) {
            await(() -> recordsUnderWay == 0 || bytesUnderWay + plainBytes <= bytesMax);
            bytesUnderWay += plainBytes;
            recordsUnderWay++;
        }
        CompletableFuture<List<SealedRecord>> sealed = CompletableFuture.supplyAsync(
                () -> {
                    requireGoing();
                    List<SealedRecord> records = seal.get();
                    grow(bytes(records) - plainBytes);
                    return records;
                },
                pool);
        submitted = submitted
                .thenAcceptBoth(sealed, (before, records) -> submit(records, stored))
                .whenComplete((done, e) -> {
                    if (e != null) {
                        settle(0, null, e);
                    }
                });
    }

    /** Whether every thread of it is busy, and more is waiting. From any thread. */
    boolean isCrowded() {
        return !pool.getQueue().isEmpty();
    }

    private void submit(List<SealedRecord> records, Runnable stored) {
        requireGoing();
        CompletableFuture<CommitReceipt> _ = target.submit(records).whenComplete((receipt, e) -> {
            if (e == null) {
                stored.run();
            }
            settle(bytes(records), receipt, e);
        });
    }

    private static long bytes(List<SealedRecord> records) {
        return records.stream().mapToLong(record -> record.bytes().length).sum();
    }

    private void requireGoing() {
        if (stopped) {
            throw new CancellationException("stopped");
        }
    }

    private void grow(long bytes) {
        synchronized (lock) {
            bytesUnderWay += bytes;
            lock.notifyAll();
        }
    }

    private void settle(long bytes, @Nullable CommitReceipt receipt, @Nullable Throwable e) {
        synchronized (lock) {
            bytesUnderWay -= bytes;
            recordsUnderWay--;
            if (receipt != null) {
                recordsStored += receipt.recordsStored();
                bytesStored += receipt.bytesStored();
            }
            if (e != null && failure == null && !stopped) {
                failure = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
            }
            if (e != null) {
                stopped = true;
            }
            lock.notifyAll();
        }
    }

    /** Waits under the lock, and throws what went wrong meanwhile. */
    private void await(BooleanSupplier condition) {
        while (true) {
            if (failure != null) {
                throw failure();
            }
            cancellation.check();
            if (condition.getAsBoolean()) {
                return;
            }
            try {
                lock.wait(WAIT_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted");
            }
        }
    }

    private RuntimeException failure() {
        return switch (failure) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            case null, default -> new IllegalStateException("a record could not be stored", failure);
        };
    }

    /** Waits until all that was added is durable. After it returns, every record survives a crash. */
    void finish() {
        CompletableFuture<?> _ = submitted.whenComplete((done, e) -> wake());
        synchronized (lock) {
            await(submitted::isDone);
            if (recordsUnderWay == 0) {
                return;
            }
        }
        target.nothingFollows();
        synchronized (lock) {
            await(() -> recordsUnderWay == 0);
        }
    }

    private void wake() {
        synchronized (lock) {
            lock.notifyAll();
        }
    }

    /** Records that were new to the target so far. */
    int recordsStored() {
        synchronized (lock) {
            return recordsStored;
        }
    }

    /** Bytes of them. */
    long bytesStored() {
        synchronized (lock) {
            return bytesStored;
        }
    }

    /** Stops what has not been submitted yet. Idempotent. */
    @Override
    public void close() {
        stopped = true;
        pool.shutdown();
        try {
            // What is being sealed takes some ten milliseconds; what was submitted is the store's.
            pool.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
