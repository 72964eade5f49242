package dev.cairn.cas.snapshot;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A few threads for one that gives out pieces of work and takes their results in an order of its own. What comes out of the
 * work then depends on that order alone, never on how quick the threads are.
 *
 * <p>{@link #start} and {@link #close} are for one thread. Nothing is ever interrupted: an interrupt closes the files of a store
 * under its hands. So a piece should take milliseconds. How many are under way is for the caller to bound.
 */
public final class Workers implements Executor, AutoCloseable {

    /** More threads than this the sequential part cannot feed. */
    private static final int THREADS_MAX = 16;

    private static final long HEAP_APART = 64L << 20;
    private static final long HEAP_PER_THREAD = 16L << 20;

    /** How long a wait lasts before cancellation is asked again, in milliseconds. */
    private static final long WAIT_MILLIS = 50;

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final ExecutorService pool;
    private final int threads;
    private final BooleanSupplier isCrowded;
    private volatile boolean closed;

    /** {@code threads} threads whose names begin with {@code name}. */
    public Workers(String name, int threads) {
        this(name, threads, () -> false);
    }

    /** The same; {@code isCrowded} says whether all processors have other work to do. */
    public Workers(String name, int threads, BooleanSupplier isCrowded) {
        this.threads = threads;
        this.isCrowded = isCrowded;
        pool = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, name + "-" + NUMBER.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** One thread for each core, up to what can be fed, and as many as the heap has room for what each of them opens and cuts. */
    public static int threadsOfMachine() {
        return threadsWithin(HEAP_APART, HEAP_PER_THREAD);
    }

    /**
     * One thread for each core, up to what can be fed and to what the heap has room for.
     *
     * @param apart bytes of heap that are taken whatever the number of threads
     * @param perThread bytes of heap that one thread takes
     */
    public static int threadsWithin(long apart, long perThread) {
        return threadsWithin(
                Runtime.getRuntime().maxMemory(),
                apart,
                perThread,
                Runtime.getRuntime().availableProcessors());
    }

    static int threadsWithin(long heap, long apart, long perThread, int processors) {
        return Math.clamp((heap - apart) / perThread, 1, Math.clamp(processors, 1, THREADS_MAX));
    }

    /** How many pieces are worked on at once. */
    public int threads() {
        return threads;
    }

    /** Whether the processors have other work to do, so that nothing is won by giving out pieces. */
    public boolean isCrowded() {
        return isCrowded.getAsBoolean();
    }

    /** A piece of work that was given out. */
    public static final class Work<T extends @Nullable Object> {
        private final FutureTask<T> task;

        private Work(Supplier<T> work) {
            task = new FutureTask<>(work::get);
        }

        /** Whether {@link #join} would not wait. */
        public boolean isDone() {
            return task.isDone();
        }

        /**
         * Waits for the result.
         *
         * @throws CancellationException if it is time to stop, or the work was dropped because the workers were closed
         * @throws RuntimeException or an error: what the work threw
         */
        public T join(Cancellation cancellation) {
            while (true) {
                try {
                    return task.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    cancellation.check();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new CancellationException("interrupted");
                } catch (ExecutionException e) {
                    switch (e.getCause()) {
                        case RuntimeException failure -> throw failure;
                        case Error failure -> throw failure;
                        case null, default -> throw new IllegalStateException(e);
                    }
                }
            }
        }
    }

    /** Gives out a piece of work. */
    public <T extends @Nullable Object> Work<T> start(Supplier<T> piece) {
        Work<T> work = new Work<>(() -> {
            if (closed) {
                throw new CancellationException("stopped");
            }
            return piece.get();
        });
        pool.execute(work.task);
        return work;
    }

    @Override
    public void execute(Runnable piece) {
        Work<?> _ = start(() -> {
            piece.run();
            return null;
        });
    }

    /** Drops what has not begun and waits for what has; afterwards no worker does anything any more. Idempotent. */
    @Override
    public void close() {
        closed = true;
        pool.shutdown();
        boolean interrupted = false;
        boolean done = false;
        while (!done) {
            try {
                done = pool.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
