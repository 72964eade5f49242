package dev.cairn.server;

import dev.cairn.replicator.protocol.DeviceId;
import dev.cairn.replicator.protocol.Greeting;
import dev.cairn.replicator.protocol.RepositoryName;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * The open sessions, by the hash of their secret. On the heap only: a restarted server knows none. All live equally long by
 * the monotonic clock; where there are too many, the oldest of the device, or of the tenant that has most, make room: so no tenant ends the sessions of another
 * by opening many. Thread-safe; does not block.
 */
final class Sessions {

    private static final String LABEL = "cairn session 1";

    private final LongSupplier nanoClock;
    private final long lifeNanos;
    private final int max;
    private final int perDeviceMax;

    /** Oldest first. */
    private final Map<Secrets.Hash, Session> sessions = new LinkedHashMap<>();

    /** What a secret opens. */
    record Session(DeviceId device, RepositoryName name, long openedAt) {}

    Sessions(LongSupplier nanoClock, Duration life, int max, int perDeviceMax) {
        this.nanoClock = nanoClock;
        this.lifeNanos = life.toNanos();
        this.max = max;
        this.perDeviceMax = perDeviceMax;
    }

    /**
     * Opens a session.
     *
     * @return its secret, which is kept nowhere
     */
    byte[] open(DeviceId device, RepositoryName name) {
        byte[] secret = Secrets.random(Greeting.SECRET_BYTES);
        open(secret, device, name);
        return secret;
    }

    /** Opens a session with a secret that nobody else can have. */
    Session open(byte[] secret, DeviceId device, RepositoryName name) {
        Session session = new Session(device, name, nanoClock.getAsLong());
        Secrets.Hash hash = Secrets.hash(LABEL, secret);
        synchronized (sessions) {
            sessions.remove(hash);
            makeRoom(device);
            sessions.put(hash, session);
        }
        return session;
    }

    /** What {@code secret} opens; empty if nothing, or not any more. */
    Optional<Session> find(byte[] secret) {
        Secrets.Hash hash = Secrets.hash(LABEL, secret);
        synchronized (sessions) {
            Session session = sessions.get(hash);
            if (session != null && isOver(session)) {
                sessions.remove(hash);
                return Optional.empty();
            }
            return Optional.ofNullable(session);
        }
    }

    int size() {
        synchronized (sessions) {
            return sessions.size();
        }
    }

    private void makeRoom(DeviceId device) {
        Iterator<Session> oldest = sessions.values().iterator();
        while (oldest.hasNext() && isOver(oldest.next())) {
            oldest.remove();
        }
        if (sessions.size() >= max) {
            removeFirst(tenantWithMost());
        }
        long own = sessions.values().stream()
                .filter(session -> session.device().equals(device))
                .count();
        if (own >= perDeviceMax) {
            removeFirst(session -> session.device().equals(device));
        }
    }

    private Predicate<Session> tenantWithMost() {
        Map<String, Integer> counts = new HashMap<>();
        sessions.values().forEach(session -> counts.merge(session.name().tenant(), 1, Integer::sum));
        String most =
                Collections.max(counts.entrySet(), Map.Entry.comparingByValue()).getKey();
        return session -> session.name().tenant().equals(most);
    }

    private void removeFirst(Predicate<Session> which) {
        Iterator<Session> all = sessions.values().iterator();
        while (all.hasNext()) {
            if (which.test(all.next())) {
                all.remove();
                return;
            }
        }
    }

    private boolean isOver(Session session) {
        return nanoClock.getAsLong() - session.openedAt() > lifeNanos;
    }
}
