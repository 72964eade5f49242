package dev.cairn.cas.memory;

import dev.cairn.cas.Admission;
import dev.cairn.cas.Branch;
import dev.cairn.cas.Collectable;
import dev.cairn.cas.CollectionState;
import dev.cairn.cas.CollectionState.Phase;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.StoreBusyException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Sessions and collection of a store in memory. Guarded by the store's lock. */
final class InMemoryCollection {

    private final InMemoryObjectStore store;
    private final TreeSet<ObjectId> condemned = new TreeSet<>();
    private final TreeSet<ObjectId> spared = new TreeSet<>();
    private final Map<InMemorySession, String> sessions = new HashMap<>();
    private CollectionState state = CollectionState.START;
    private boolean underWay;

    InMemoryCollection(InMemoryObjectStore store) {
        this.store = store;
    }

    boolean isHidden(ObjectId id, long epoch) {
        return state.hides(epoch) && condemned.contains(id);
    }

    boolean isCondemned(ObjectId id) {
        return state.phase() == Phase.CONDEMNED && condemned.contains(id);
    }

    boolean isDeleted(ObjectId id) {
        return state.phase() == Phase.DELETING && condemned.contains(id);
    }

    Admission.Facts facts(ObjectId id, Admission.Facts facts) {
        return isCondemned(id) ? facts.condemned() : facts;
    }

    Admission.Reliance reliance(long epoch) {
        return state.hides(epoch) ? Admission.Reliance.SAFE_ONLY : Admission.Reliance.CONDEMNED_TOO;
    }

    /** An object is submitted, or becomes a root: it is condemned no longer. */
    void comes(ObjectId id) {
        if (isCondemned(id)) {
            spare(id);
        }
    }

    private void spare(ObjectId id) {
        condemned.remove(id);
        spared.add(id);
    }

    void buryIfDeleted(ObjectId id) {
        if (isDeleted(id)) {
            bury(id);
        }
    }

    /** Takes an object out. Returns records and their bytes that went with it. */
    private long[] bury(ObjectId id) {
        condemned.remove(id);
        long[] gone = new long[2];
        IndexedObject row = store.objects().remove(id);
        if (row != null) {
            for (IndexedObject.Provider provider : row.providers()) {
                long bytes = store.removeUnused(provider.sequence());
                gone[0] += bytes > 0 ? 1 : 0;
                gone[1] += bytes;
            }
        }
        return gone;
    }

    ObjectStore session(String where) {
        synchronized (store) {
            InMemorySession session = new InMemorySession(store, this, state.epoch());
            sessions.put(session, where);
            return session;
        }
    }

    void end(InMemorySession session) {
        synchronized (store) {
            sessions.remove(session);
        }
    }

    Collectable begin() {
        synchronized (store) {
            if (underWay) {
                throw new StoreBusyException("a store in memory", 0);
            }
            underWay = true;
            return new Steps();
        }
    }

    private void to(CollectionState next) {
        state = next;
    }

    private void require(Phase first, Phase... others) {
        Collectable.requirePhase(state, EnumSet.of(first, others));
    }

    private final class Steps implements Collectable {

        private boolean closed;

        @Override
        public CollectionState state() {
            synchronized (store) {
                return state;
            }
        }

        @Override
        public long condemned() {
            synchronized (store) {
                return condemned.size();
            }
        }

        @Override
        public List<ObjectId> roots() {
            synchronized (store) {
                Set<ObjectId> roots = new LinkedHashSet<>(store.retained().keySet());
                store.branches().stream().map(Branch::snapshot).forEach(roots::add);
                return List.copyOf(roots);
            }
        }

        @Override
        public long nextSequence() {
            synchronized (store) {
                return store.nextSequence();
            }
        }

        @Override
        public Scratch scratch() {
            return new InMemoryScratch();
        }

        @Override
        public @Nullable List<Providing> providers(ObjectId id) {
            synchronized (store) {
                IndexedObject row = store.objects().get(id);
                return row == null ? null : providers(row);
            }
        }

        private List<Providing> providers(IndexedObject row) {
            List<Providing> providers = new ArrayList<>();
            for (IndexedObject.Provider provider : row.providers()) {
                StoredRecord record = store.recordsFrom(0).get(provider.sequence());
                if (record != null) {
                    providers.add(new Providing(provider.sequence(), provider.ordinal(), record.kind()));
                }
            }
            return providers;
        }

        @Override
        public @Nullable RecordHeader header(long sequence) {
            synchronized (store) {
                boolean isThere = store.recordsFrom(0).containsKey(sequence);
                return isThere ? store.read(new RecordRef(sequence, 0)).header() : null;
            }
        }

        @Override
        public void forEachObject(ObjectRows visitor) {
            Map<ObjectId, List<Providing>> rows = new TreeMap<>();
            synchronized (store) {
                store.objects().forEach((id, row) -> rows.put(id, providers(row)));
            }
            rows.forEach(visitor::object);
        }

        private record Row(long sequence, RecordKind kind, int bytes) {}

        @Override
        public void forEachRecord(long from, RecordRows visitor) {
            List<Row> rows = new ArrayList<>();
            synchronized (store) {
                store.recordsFrom(from)
                        .forEach((sequence, record) ->
                                rows.add(new Row(sequence, record.kind(), record.bytes().length)));
            }
            rows.forEach(row -> visitor.record(row.sequence, row.kind, 0, row.bytes));
        }

        @Override
        public void restart() {
            synchronized (store) {
                require(Phase.IDLE, Phase.GATHERING);
                condemned.clear();
                to(state.withPhase(Phase.GATHERING));
            }
        }

        @Override
        public void gather(List<ObjectId> ids) {
            synchronized (store) {
                require(Phase.GATHERING);
                condemned.addAll(ids);
            }
        }

        @Override
        public CollectionState condemn(long boundary) {
            synchronized (store) {
                require(Phase.GATHERING);
                roots().stream().filter(condemned::contains).forEach(InMemoryCollection.this::spare);
                boolean isNothing = condemned.isEmpty() && spared.isEmpty();
                to(
                        isNothing
                                ? state.withPhase(Phase.IDLE)
                                : new CollectionState(Phase.CONDEMNED, state.epoch() + 1, boundary, boundary));
                return state;
            }
        }

        @Override
        public List<ObjectId> spared() {
            synchronized (store) {
                return spared.stream().limit(STEP_IDS_MAX).toList();
            }
        }

        @Override
        public void spare(Collection<ObjectId> needed, Collection<ObjectId> settled, long scannedTo) {
            synchronized (store) {
                require(Phase.CONDEMNED);
                needed.stream().filter(condemned::contains).forEach(InMemoryCollection.this::spare);
                settled.forEach(spared::remove);
                to(state.withScannedTo(scannedTo));
            }
        }

        @Override
        public List<OpenSession> sessionsBefore(long epoch) {
            synchronized (store) {
                return sessions.entrySet().stream()
                        .filter(entry -> entry.getKey().epoch() < epoch)
                        .map(entry -> new OpenSession(entry.getValue()))
                        .toList();
            }
        }

        @Override
        public boolean beginDeletion() {
            synchronized (store) {
                require(Phase.CONDEMNED);
                if (spared.isEmpty()) {
                    to(state.withPhase(Phase.DELETING));
                }
                return spared.isEmpty();
            }
        }

        @Override
        public Removed delete(int max) {
            synchronized (store) {
                require(Phase.DELETING);
                Removed removed = Removed.NOTHING;
                for (ObjectId id : condemned.stream().limit(max).toList()) {
                    IndexedObject row = store.objects().get(id);
                    long[] gone = bury(id);
                    if (row != null) {
                        removed = removed.plus(
                                switch (row.type()) {
                                    case SNAPSHOT -> new Removed(1, 0, 0, gone[0], gone[1]);
                                    case NODE -> new Removed(0, 1, 0, gone[0], gone[1]);
                                    case CHUNK -> new Removed(0, 0, 1, gone[0], gone[1]);
                                });
                    }
                }
                if (condemned.isEmpty()) {
                    to(state.withPhase(Phase.IDLE));
                }
                return removed;
            }
        }

        @Override
        public List<Volume> volumes() {
            return List.of();
        }

        @Override
        public long writtenBytes(int volume) {
            throw new IllegalArgumentException("no volume " + volume);
        }

        @Override
        public Reclaimed reclaim(Set<Integer> volumes, LongConsumer progress) {
            return new Reclaimed(0, 0, 0, List.of());
        }

        @Override
        public void close() {
            synchronized (store) {
                if (!closed) {
                    closed = true;
                    underWay = false;
                }
            }
        }
    }

    private static final class InMemoryScratch implements Collectable.Scratch {

        private final Map<ByteBuffer, Integer> values = new HashMap<>();

        @Override
        public int get(byte[] key) {
            return values.getOrDefault(ByteBuffer.wrap(key), 0);
        }

        @Override
        public void put(byte[] key, int value) {
            values.put(ByteBuffer.wrap(key.clone()), value);
        }

        @Override
        public void close() {
            values.clear();
        }
    }
}
