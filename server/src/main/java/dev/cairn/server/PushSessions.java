package dev.cairn.server;

import dev.cairn.cas.ObjectStore;
import dev.cairn.replicator.protocol.PushId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The pushes under way to one repository, each with a session of its store: until a push ends nothing is collected that it was told
 * is there, or that it brought. A push begins with the first request that names it, and ends with its last move, or when nothing
 * was heard of it for a while. One that goes on after that begins anew: it is told again what is missing.
 *
 * <p>At most so many at a time; the one heard of longest ago makes room. Thread-safe; blocks on the store.
 */
final class PushSessions implements AutoCloseable {

    private final LongSupplier nanoClock;
    private final long idleNanos;
    private final int max;

    /** The one used longest ago first. Guarded by itself, as is all that they hold. */
    private final Map<PushId, Push> pushes = new LinkedHashMap<>(16, 0.75f, true);

    private static final class Push {
        private final ObjectStore store;
        private int users;
        private long lastUsed;
        private boolean ended;

        Push(ObjectStore store) {
            this.store = store;
        }
    }

    /** A request at work in a push. */
    final class Use implements AutoCloseable {
        private final Push push;
        private boolean closed;

        private Use(Push push) {
            this.push = push;
        }

        /** The store as the push sees it. */
        ObjectStore store() {
            return push.store;
        }

        /** Idempotent. */
        @Override
        public void close() {
            boolean isLast;
            synchronized (pushes) {
                isLast = !closed && --push.users == 0 && push.ended;
                closed = true;
                push.lastUsed = nanoClock.getAsLong();
            }
            if (isLast) {
                push.store.close();
            }
        }
    }

    PushSessions(LongSupplier nanoClock, Duration idle, int max) {
        this.nanoClock = nanoClock;
        this.idleNanos = idle.toNanos();
        this.max = max;
    }

    /** Begins a push, or goes on with it. */
    Use use(ObjectStore store, PushId id) {
        List<Push> over = new ArrayList<>();
        Use use;
        synchronized (pushes) {
            Push push = pushes.get(id);
            if (push == null) {
                makeRoom(over);
                push = new Push(store.session("a push to this server"));
                pushes.put(id, push);
            }
            push.users++;
            push.lastUsed = nanoClock.getAsLong();
            use = new Use(push);
        }
        over.forEach(push -> push.store.close());
        return use;
    }

    private void makeRoom(List<Push> over) {
        Iterator<Push> oldest = pushes.values().iterator();
        while (pushes.size() >= max && oldest.hasNext()) {
            end(oldest.next(), over);
            oldest.remove();
        }
    }

    /** Ends a push: now, or once the requests that are at work in it are done. */
    private static void end(Push push, List<Push> over) {
        push.ended = true;
        if (push.users == 0) {
            over.add(push);
        }
    }

    /** A push is complete. */
    void end(PushId id) {
        List<Push> over = new ArrayList<>();
        synchronized (pushes) {
            Push push = pushes.remove(id);
            if (push != null) {
                end(push, over);
            }
        }
        over.forEach(push -> push.store.close());
    }

    /** Ends pushes of which nothing was heard for a while. */
    void endIdle() {
        List<Push> over = new ArrayList<>();
        synchronized (pushes) {
            long now = nanoClock.getAsLong();
            pushes.values().removeIf(push -> {
                boolean isIdle = push.users == 0 && now - push.lastUsed >= idleNanos;
                if (isIdle) {
                    end(push, over);
                }
                return isIdle;
            });
        }
        over.forEach(push -> push.store.close());
    }

    boolean isEmpty() {
        synchronized (pushes) {
            return pushes.isEmpty();
        }
    }

    /** Ends them all. */
    @Override
    public void close() {
        List<Push> over = new ArrayList<>();
        synchronized (pushes) {
            pushes.values().forEach(push -> end(push, over));
            pushes.clear();
        }
        over.forEach(push -> push.store.close());
    }
}
