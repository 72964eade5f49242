package dev.cairn.cas.lmdb;

import dev.cairn.cas.Branch;
import dev.cairn.cas.Collectable;
import dev.cairn.cas.CollectionState;
import dev.cairn.cas.CollectionState.Phase;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.StoreBusyException;
import java.nio.ByteBuffer;
import java.nio.channels.FileLock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The collection of a replica on disk. Among processes a lock of the operating system on {@code collector.lock} lets one in.
 *
 * <p>Steps that change something go through the writer, one transaction each. Those that look hold a page of rows, and no
 * transaction while a visitor runs.
 */
final class LmdbCollection implements Collectable {

    private static final int PAGE_ROWS = 1024;

    private final Replica replica;
    private final WriterLock collectorLock;
    private final FileLock lock;
    private boolean closed;

    private LmdbCollection(Replica replica, WriterLock collectorLock, FileLock lock) {
        this.replica = replica;
        this.collectorLock = collectorLock;
        this.lock = lock;
    }

    /**
     * Takes the right to collect.
     *
     * @throws StoreBusyException if another collection is under way
     */
    static LmdbCollection begin(Replica opened) {
        if (!opened.collecting().compareAndSet(false, true)) {
            throw new StoreBusyException(opened.folder().toString(), 0);
        }
        WriterLock collectorLock = new WriterLock(ReplicaFolder.collectorLock(opened.folder()));
        Replica shared = opened.share();
        boolean begun = false;
        try {
            FileLock lock = collectorLock.acquire(Duration.ZERO);
            VolumeReclaim.removeLeft(shared);
            begun = true;
            return new LmdbCollection(shared, collectorLock, lock);
        } finally {
            if (!begun) {
                collectorLock.close();
                opened.collecting().set(false);
                shared.release();
            }
        }
    }

    private <T> T step(java.util.function.Function<IndexChange, T> step) {
        if (!lock.isValid()) {
            throw new IllegalStateException("the right to collect is gone");
        }
        return replica.step(commit -> step.apply(commit.index()));
    }

    @Override
    public CollectionState state() {
        return replica.read(IndexView::collection);
    }

    @Override
    public long condemned() {
        return replica.read(view -> view.entries(Table.CONDEMNED));
    }

    @Override
    public List<ObjectId> roots() {
        return replica.read(LmdbCollection::roots);
    }

    private static List<ObjectId> roots(IndexView view) {
        Set<ObjectId> roots = new LinkedHashSet<>();
        view.snapshots().stream().map(RetainedSnapshot::snapshot).forEach(roots::add);
        view.branches().stream().map(Branch::snapshot).forEach(roots::add);
        return List.copyOf(roots);
    }

    @Override
    public long nextSequence() {
        return replica.read(view -> view.mark().nextSequence());
    }

    @Override
    public Scratch scratch() {
        return ScratchFile.make(replica.temporary());
    }

    @Override
    public @Nullable List<Providing> providers(ObjectId id) {
        ObjectRow row = replica.read(view -> view.object(id));
        return row == null ? null : providers(row);
    }

    private static List<Providing> providers(ObjectRow row) {
        return row.providers().stream()
                .map(provider -> new Providing(provider.sequence(), provider.ordinal(), provider.kind()))
                .toList();
    }

    @Override
    public @Nullable RecordHeader header(long sequence) {
        RecordRow row = replica.read(view -> view.record(sequence));
        return row == null ? null : replica.read(sequence, row).header();
    }

    private record FoundObject(ObjectId id, ObjectRow row) {

        static FoundObject of(byte[] key, ByteBuffer value) {
            ObjectRow row = ObjectRow.decode(key, value);
            return new FoundObject(ObjectId.of(key), row);
        }
    }

    @Override
    public void forEachObject(ObjectRows visitor) {
        new RowPages<>(replica, Table.OBJECTS, PAGE_ROWS, FoundObject::of)
                .forEach(null, found -> visitor.object(found.id, providers(found.row)));
    }

    /** A row of a record, by its number. */
    record FoundRecord(long sequence, RecordRow row) {

        private static FoundRecord of(byte[] key, ByteBuffer value) {
            RecordRow row = RecordRow.decode(key, value);
            return new FoundRecord(ByteBuffer.wrap(key).getLong(), row);
        }
    }

    @Override
    public void forEachRecord(long from, RecordRows visitor) {
        forEachRow(
                replica,
                from,
                found -> visitor.record(found.sequence, found.row.kind(), found.row.volume(), found.row.length()));
    }

    /** Shows the rows of all records from that number on. */
    static void forEachRow(Replica replica, long from, Consumer<FoundRecord> visitor) {
        new RowPages<>(replica, Table.RECORDS, PAGE_ROWS, FoundRecord::of).forEach(RecordRow.key(from), visitor);
    }

    @Override
    public void restart() {
        Collectable.requirePhase(state(), EnumSet.of(Phase.IDLE, Phase.GATHERING));
        boolean isEmpty = false;
        while (!isEmpty) {
            isEmpty = step(index -> {
                CollectionState state = index.collection();
                if (state.phase() != Phase.GATHERING) {
                    index.put(state.withPhase(Phase.GATHERING));
                }
                List<ObjectId> ids = index.ids(Table.CONDEMNED, STEP_IDS_MAX);
                ids.forEach(id -> index.unlist(Table.CONDEMNED, id));
                return ids.size() < STEP_IDS_MAX;
            });
        }
    }

    @Override
    public void gather(List<ObjectId> ids) {
        requireStep(ids);
        step(index -> {
            Collectable.requirePhase(index.collection(), EnumSet.of(Phase.GATHERING));
            ids.forEach(id -> index.list(Table.CONDEMNED, id));
            return true;
        });
    }

    private static void requireStep(Collection<ObjectId> ids) {
        if (ids.size() > STEP_IDS_MAX) {
            throw new IllegalArgumentException("%d ids in a step, more than %d".formatted(ids.size(), STEP_IDS_MAX));
        }
    }

    @Override
    public CollectionState condemn(long boundary) {
        return step(index -> {
            CollectionState before = index.collection();
            Collectable.requirePhase(before, EnumSet.of(Phase.GATHERING));
            roots(index).stream().filter(index::isListed).forEach(index::spare);
            boolean isNothing = index.entries(Table.CONDEMNED) == 0 && index.entries(Table.SPARED) == 0;
            CollectionState now = isNothing
                    ? before.withPhase(Phase.IDLE)
                    : new CollectionState(Phase.CONDEMNED, before.epoch() + 1, boundary, boundary);
            index.put(now);
            return now;
        });
    }

    @Override
    public List<ObjectId> spared() {
        return replica.read(view -> view.ids(Table.SPARED, STEP_IDS_MAX));
    }

    @Override
    public void spare(Collection<ObjectId> needed, Collection<ObjectId> settled, long scannedTo) {
        step(index -> {
            CollectionState state = index.collection();
            Collectable.requirePhase(state, EnumSet.of(Phase.CONDEMNED));
            needed.stream().filter(index::isListed).forEach(index::spare);
            settled.forEach(id -> index.unlist(Table.SPARED, id));
            if (scannedTo > state.scannedTo()) {
                index.put(state.withScannedTo(scannedTo));
            }
            return true;
        });
    }

    @Override
    public List<OpenSession> sessionsBefore(long epoch) {
        return replica.sessions().before(epoch);
    }

    @Override
    public boolean beginDeletion() {
        return step(index -> {
            CollectionState state = index.collection();
            Collectable.requirePhase(state, EnumSet.of(Phase.CONDEMNED));
            if (index.entries(Table.SPARED) > 0) {
                return false;
            }
            index.put(state.withPhase(Phase.DELETING));
            return true;
        });
    }

    @Override
    public Removed delete(int max) {
        return replica.step(commit -> delete(commit, max));
    }

    private static Removed delete(Commit commit, int max) {
        IndexChange index = commit.index();
        CollectionState state = index.collection();
        Collectable.requirePhase(state, EnumSet.of(Phase.DELETING));
        List<ObjectId> ids = index.ids(Table.CONDEMNED, Math.min(max, STEP_IDS_MAX));
        List<ObjectId> snapshots = new ArrayList<>();
        long[] counts = new long[5];
        for (ObjectId id : ids) {
            IndexChange.Buried buried = index.bury(id);
            ObjectRow row = buried.row();
            if (row != null) {
                if (row.types().contains(ObjectType.SNAPSHOT)) {
                    snapshots.add(id);
                }
                counts[
                        switch (row.type()) {
                            case SNAPSHOT -> 0;
                            case NODE -> 1;
                            case CHUNK -> 2;
                        }]++;
                counts[3] += buried.records();
                counts[4] += buried.recordBytes();
            }
        }
        if (!snapshots.isEmpty()) {
            commit.journals().collected(snapshots);
        }
        Mark mark = index.mark();
        index.put(new Mark(mark.activeVolume(), mark.nextSequence(), Math.max(0, mark.recordBytes() - counts[4])));
        if (index.entries(Table.CONDEMNED) == 0) {
            index.put(state.withPhase(Phase.IDLE));
        }
        return new Removed(counts[0], counts[1], counts[2], counts[3], counts[4]);
    }

    @Override
    public List<Volume> volumes() {
        return replica.read(view -> {
            int active = view.mark().activeVolume();
            List<Volume> volumes = new ArrayList<>();
            for (int number : view.volumes()) {
                VolumeRow row = view.volume(number);
                volumes.add(new Volume(number, row == null ? 0 : row.bytes(), number == active));
            }
            return volumes;
        });
    }

    @Override
    public long writtenBytes(int volume) {
        long[] bytes = {0};
        long[] next = {1};
        while (next[0] > 0) {
            long from = next[0];
            next[0] = 0;
            replica.volumes().read(volume, view -> {
                int[] heads = {0};
                view.scan(Table.CONTAINERS, RecordRow.key(from), (key, value) -> {
                    long number = key.getLong(key.position());
                    Container container =
                            Container.parseHead(value.slice(), "volume %d, container %d".formatted(volume, number));
                    bytes[0] += container.kind() == Container.Kind.RECORDS ? container.bodyBytes() : 0;
                    heads[0]++;
                    next[0] = heads[0] < PAGE_ROWS ? 0 : number + 1;
                    return heads[0] < PAGE_ROWS;
                });
                return volume;
            });
        }
        return bytes[0];
    }

    @Override
    public Reclaimed reclaim(Set<Integer> volumes, LongConsumer progress) {
        return new VolumeReclaim(replica, volumes, progress).run();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            WriterLock.release(lock);
            collectorLock.close();
            replica.collecting().set(false);
            replica.release();
        }
    }
}
