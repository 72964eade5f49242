package dev.cairn.server;

import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Room in memory for bodies of requests, or for frames of answers, over all connections. Who finds none waits in line; nobody is passed over, so
 * that large bodies get their turn too. Thread-safe; does not block.
 */
final class BodyBudget {

    private final int waitingMax;
    private final Deque<Waiter> waiting = new ArrayDeque<>();
    private long free;

    private record Waiter(long bytes, CompletableFuture<Share> future) {}

    /** Some of the room, until it is closed, which may happen more than once. */
    final class Share implements AutoCloseable {
        private final AtomicLong held;

        private Share(long bytes) {
            held = new AtomicLong(bytes);
        }

        /** Gives back what is above {@code bytes}. */
        void shrink(long bytes) {
            long before = held.getAndUpdate(now -> Math.min(now, bytes));
            if (before > bytes) {
                release(before - bytes);
            }
        }

        @Override
        public void close() {
            shrink(0);
        }
    }

    BodyBudget(long bytes, int waitingMax) {
        this.free = bytes;
        this.waitingMax = waitingMax;
    }

    /**
     * Asks for room. Cancelling the future gives up the place in line.
     *
     * @param bytes not above the whole
     * @throws ProblemException if too many wait already
     */
    CompletableFuture<Share> take(long bytes) {
        synchronized (this) {
            if (waiting.isEmpty() && bytes <= free) {
                free -= bytes;
                return CompletableFuture.completedFuture(new Share(bytes));
            }
            if (waiting.size() >= waitingMax) {
                throw new ProblemException(Problem.busy("the server is busy with other transfers", 2));
            }
            CompletableFuture<Share> future = new CompletableFuture<>();
            Waiter waiter = new Waiter(bytes, future);
            waiting.add(waiter);
            var ignored = future.whenComplete((share, cancelled) -> {
                if (cancelled != null) {
                    leave(waiter);
                }
            });
            return future;
        }
    }

    synchronized long free() {
        return free;
    }

    private void release(long bytes) {
        List<Waiter> served;
        synchronized (this) {
            free += bytes;
            served = nextInLine();
        }
        served.forEach(this::give);
    }

    /** Whoever stood behind one that gave up may find room now. */
    private void leave(Waiter waiter) {
        List<Waiter> served;
        synchronized (this) {
            waiting.remove(waiter);
            served = nextInLine();
        }
        served.forEach(this::give);
    }

    private List<Waiter> nextInLine() {
        List<Waiter> served = new ArrayList<>();
        for (Waiter next = waiting.peek(); next != null && next.bytes() <= free; next = waiting.peek()) {
            free -= next.bytes();
            served.add(waiting.remove());
        }
        return served;
    }

    /** One that was cancelled just now gives its share on. */
    private void give(Waiter waiter) {
        if (!waiter.future().complete(new Share(waiter.bytes()))) {
            release(waiter.bytes());
        }
    }
}
