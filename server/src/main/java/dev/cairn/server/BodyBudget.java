package dev.cairn.server;

import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Room in memory for bodies of requests, or for frames of answers, over all connections. Who finds none waits in line: a line for each
 * party, served in turns, so that large bodies get their turn too, and one party's many do not hold up another's few. Of
 * the last of the room, {@link #reserve}, a party that holds some already takes nothing: however slowly it sends, another finds
 * room. Thread-safe; does not block.
 */
final class BodyBudget {

    private final int waitingMax;

    /** Whose turn it is first. Never an empty line. */
    private final Map<String, Deque<Waiter>> lines = new LinkedHashMap<>();

    private final Map<String, Long> held = new HashMap<>();
    private int waiting;
    private long free;
    private long reserve;

    private record Waiter(String party, long bytes, CompletableFuture<Share> future) {}

    /** Some of the room, until it is closed, which may happen more than once. */
    final class Share implements AutoCloseable {
        private final String party;
        private final AtomicLong size;

        private Share(Waiter waiter) {
            party = waiter.party();
            size = new AtomicLong(waiter.bytes());
        }

        /** Gives back what is above {@code bytes}. */
        void shrink(long bytes) {
            long before = size.getAndUpdate(now -> Math.min(now, bytes));
            if (before > bytes) {
                release(party, before - bytes);
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

    /** Keeps {@code bytes} for parties that hold nothing; 0 where there is one party only. */
    void reserve(long bytes) {
        List<Waiter> served;
        synchronized (this) {
            reserve = bytes;
            served = nextInLine();
        }
        served.forEach(this::give);
    }

    /**
     * Asks for room. Cancelling the future gives up the place in line.
     *
     * @param party whose it is: a tenant
     * @param bytes not above the whole
     * @throws ProblemException if too many wait already
     */
    CompletableFuture<Share> take(String party, long bytes) {
        Waiter waiter = new Waiter(party, bytes, new CompletableFuture<>());
        List<Waiter> served;
        synchronized (this) {
            join(waiter);
            served = nextInLine();
            if (!served.contains(waiter) && waiting > waitingMax) {
                remove(waiter);
                throw new ProblemException(Problem.busy("the server is busy with other transfers", 2));
            }
        }
        served.forEach(this::give);
        var ignored = waiter.future().whenComplete((share, cancelled) -> {
            if (cancelled != null) {
                leave(waiter);
            }
        });
        return waiter.future();
    }

    synchronized long free() {
        return free;
    }

    private void join(Waiter waiter) {
        lines.computeIfAbsent(waiter.party(), party -> new ArrayDeque<>()).add(waiter);
        waiting++;
    }

    private void remove(Waiter waiter) {
        Deque<Waiter> line = lines.get(waiter.party());
        if (line != null && line.remove(waiter)) {
            waiting--;
            if (line.isEmpty()) {
                lines.remove(waiter.party());
            }
        }
    }

    private void release(String party, long bytes) {
        List<Waiter> served;
        synchronized (this) {
            free += bytes;
            held.computeIfPresent(party, (name, now) -> now > bytes ? Long.valueOf(now - bytes) : null);
            served = nextInLine();
        }
        served.forEach(this::give);
    }

    /** Whoever stood behind one that gave up may find room now. */
    private void leave(Waiter waiter) {
        List<Waiter> served;
        synchronized (this) {
            remove(waiter);
            served = nextInLine();
        }
        served.forEach(this::give);
    }

    /** Serves the lines in turns until the first of one finds no room; lines that may not touch the reserve are passed by. */
    private List<Waiter> nextInLine() {
        List<Waiter> served = new ArrayList<>();
        Iterator<Map.Entry<String, Deque<Waiter>>> turns = lines.entrySet().iterator();
        while (turns.hasNext()) {
            Map.Entry<String, Deque<Waiter>> turn = turns.next();
            Waiter next = turn.getValue().element();
            if (next.bytes() > free) {
                break;
            }
            if (held.containsKey(next.party()) && next.bytes() > free - reserve) {
                continue;
            }
            free -= next.bytes();
            if (next.bytes() > 0) {
                held.merge(next.party(), next.bytes(), Long::sum);
            }
            waiting--;
            served.add(turn.getValue().remove());
            turns.remove();
            if (!turn.getValue().isEmpty()) {
                lines.put(turn.getKey(), turn.getValue());
                turns = lines.entrySet().iterator();
            }
        }
        return served;
    }

    /** One that was cancelled just now gives its share on. */
    private void give(Waiter waiter) {
        if (!waiter.future().complete(new Share(waiter))) {
            release(waiter.party(), waiter.bytes());
        }
    }
}
