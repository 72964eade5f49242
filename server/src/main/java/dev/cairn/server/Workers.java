package dev.cairn.server;

import dev.cairn.replicator.protocol.Problem;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that may block: on the store, on the list of devices. Platform threads, since LMDB's reads pin a virtual thread
 * to its carrier. No task waits for a peer. Thread-safe.
 */
final class Workers implements AutoCloseable {

    private final ThreadPoolExecutor pool;

    Workers(int threads, int waitingMax) {
        AtomicInteger number = new AtomicInteger();
        pool = new ThreadPoolExecutor(
                threads,
                threads,
                30,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(waitingMax),
                task -> Thread.ofPlatform()
                        .name("cairn-store-" + number.getAndIncrement())
                        .daemon(true)
                        .unstarted(task));
        pool.allowCoreThreadTimeOut(true);
    }

    /** Runs {@code task} for an exchange; what it throws fails the exchange, and so does a queue that is full. */
    void run(Exchange exchange, Runnable task) {
        run(exchange, task, () -> {});
    }

    /** As {@link #run(Exchange, Runnable)}; {@code unrun} is run instead of a task that finds no room. */
    void run(Exchange exchange, Runnable task, Runnable unrun) {
        try {
            pool.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException | Error e) {
                    exchange.fail(e);
                }
            });
        } catch (RejectedExecutionException e) {
            unrun.run();
            exchange.onLoop(() -> exchange.refuse(Problem.busy("the server has too much to do", 2)));
        }
    }

    /** Runs {@code task} if there is room for it; it must not throw. */
    void runSoon(Runnable task) {
        try {
            pool.execute(task);
        } catch (RejectedExecutionException e) {
            System.getLogger(Workers.class.getName()).log(System.Logger.Level.DEBUG, "no room for a task", e);
        }
    }

    /** Takes no more tasks and gives those under way a while. */
    @Override
    public void close() {
        pool.shutdown();
        try {
            if (!pool.awaitTermination(5, TimeUnit.SECONDS)) {
                pool.shutdownNow();
            }
        } catch (InterruptedException e) {
            pool.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
