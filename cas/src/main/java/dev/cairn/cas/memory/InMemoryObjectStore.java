package dev.cairn.cas.memory;

import dev.cairn.cas.Admission;
import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.ChildSource;
import dev.cairn.cas.Collectable;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.LocalTable;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.Note;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.ObjectVisitor;
import dev.cairn.cas.OperationId;
import dev.cairn.cas.RecordFinding;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.RecordVisitor;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.SnapshotNotes;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.StoreStats;
import dev.cairn.cas.StoredConfiguration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** An {@link ObjectStore} on the heap. Everything is gone when it is. Threading: one lock around all of it. */
public final class InMemoryObjectStore implements ObjectStore {

    private final RepositoryId repositoryId;
    private final TreeMap<Long, StoredRecord> records = new TreeMap<>();
    private final Map<ObjectId, IndexedObject> objects = new TreeMap<>();
    private final Map<String, Branch> branches = new TreeMap<>();
    private final Map<OperationId, BranchMove.Outcome> operations = new HashMap<>();
    private final Map<ObjectId, RetainedSnapshot> snapshots = new HashMap<>();
    private final InMemoryNotes notes = new InMemoryNotes();
    private final Map<String, LocalTable> tables = new HashMap<>();
    private final TreeMap<Long, RecordFinding.State> damage = new TreeMap<>();
    private @Nullable StoredConfiguration configuration;
    private Set<Integer> closedEpochs = Set.of();
    private final InMemoryCollection collection = new InMemoryCollection(this);
    private final RecordIntake intake = new RecordIntake(records, objects, damage, collection);
    private boolean closed;

    /** An empty replica of {@code repositoryId}. */
    public InMemoryObjectStore(RepositoryId repositoryId) {
        this.repositoryId = repositoryId;
    }

    @Override
    public RepositoryId repositoryId() {
        return repositoryId;
    }

    @Override
    public boolean has(ObjectId id) {
        return has(id, Long.MAX_VALUE);
    }

    synchronized boolean has(ObjectId id, long epoch) {
        requireOpen();
        IndexedObject row = objects.get(id);
        return row != null && row.facts(damage.keySet()).providers() > 0 && !collection.isHidden(id, epoch);
    }

    @Override
    public List<ObjectId> missing(Collection<ObjectId> ids) {
        return missing(ids, Long.MAX_VALUE);
    }

    synchronized List<ObjectId> missing(Collection<ObjectId> ids, long epoch) {
        Set<ObjectId> missing = new LinkedHashSet<>(ids);
        missing.removeIf(id -> has(id, epoch));
        return List.copyOf(missing);
    }

    @Override
    public synchronized List<RecordRef> providers(ObjectId id) {
        requireOpen();
        IndexedObject row = objects.get(id);
        return row == null
                ? List.of()
                : row.refs().stream()
                        .sorted(Comparator.comparing(ref -> damage.containsKey(ref.sequence())))
                        .toList();
    }

    @Override
    public synchronized void note(List<RecordFinding> findings) {
        for (RecordFinding finding : findings) {
            RecordFinding.State before = damage.get(finding.sequence());
            if (finding.state().isDamage() && records.containsKey(finding.sequence())) {
                damage.put(finding.sequence(), finding.state());
            } else if (before != null && finding.state().settles(before)) {
                damage.remove(finding.sequence());
            }
        }
    }

    @Override
    public synchronized List<RecordFinding> noted() {
        return damage.entrySet().stream()
                .map(note -> new RecordFinding(note.getKey(), note.getValue()))
                .toList();
    }

    @Override
    public synchronized SealedRecord read(RecordRef ref) {
        requireOpen();
        String where = "record " + ref.sequence();
        StoredRecord stored = records.get(ref.sequence());
        if (stored == null) {
            throw new CorruptDataException(where, "a stored record", "none of that number");
        }
        if (!stored.isWhole()) {
            throw new CorruptDataException(where, "the digest that was stored", "another one");
        }
        SealedRecord record = SealedRecord.parse(stored.bytes().clone(), where, this::childrenOf);
        if (ref.ordinal() >= record.header().provided().size()) {
            throw new CorruptDataException(where, "an object with ordinal " + ref.ordinal(), "fewer objects");
        }
        return record;
    }

    @Override
    public synchronized int depth(ObjectId id) {
        requireOpen();
        IndexedObject row = objects.get(id);
        return row == null ? 0 : row.depth();
    }

    @Override
    public List<ObjectId> children(ObjectId page) {
        return children(page, Long.MAX_VALUE);
    }

    synchronized List<ObjectId> children(ObjectId page, long epoch) {
        if (!has(page, epoch)) {
            throw new MissingObjectsException(List.of(page));
        }
        return childrenOf(page);
    }

    private List<ObjectId> childrenOf(ObjectId page) {
        IndexedObject row = objects.get(page);
        if (row == null) {
            throw new MissingObjectsException(List.of(page));
        }
        CorruptDataException damage = new CorruptDataException("page " + page, "a record that provides it", "none");
        for (RecordRef ref : row.oldestFirst()) {
            try {
                RecordHeader header = read(ref).header();
                if (RecordKind.OF_NODES.contains(header.kind())) {
                    return ChildSource.of(header.provided().get(ref.ordinal()));
                }
            } catch (CorruptDataException e) {
                damage = e;
            }
        }
        throw damage;
    }

    @Override
    public CommitReceipt commit(List<SealedRecord> records) {
        return store(records, Admission.Terms.VERIFIED, Long.MAX_VALUE);
    }

    @Override
    public CommitReceipt heal(List<SealedRecord> records) {
        return store(records, Admission.Terms.MENDING, Long.MAX_VALUE);
    }

    @Override
    public CommitReceipt replace(List<SealedRecord> records) {
        return store(records, Admission.Terms.REPLACING, Long.MAX_VALUE);
    }

    @Override
    public synchronized SortedMap<Integer, EpochUse> epochs() {
        requireOpen();
        SortedMap<Integer, EpochUse> epochs = new TreeMap<>();
        records.values()
                .forEach(record -> epochs.merge(
                        record.epoch(),
                        new EpochUse(1, record.bytes().length),
                        (a, b) -> new EpochUse(a.records() + b.records(), a.bytes() + b.bytes())));
        return epochs;
    }

    @Override
    public synchronized boolean closeEpochs(Set<Integer> epochs) {
        requireOpen();
        if (!Collections.disjoint(epochs().keySet(), epochs)) {
            return false;
        }
        closedEpochs = Set.copyOf(epochs);
        return true;
    }

    @Override
    public CompletableFuture<CommitReceipt> submit(List<SealedRecord> records) {
        return submit(records, Admission.Terms.VERIFIED, Long.MAX_VALUE);
    }

    @Override
    public CompletableFuture<CommitReceipt> submitUnverified(List<SealedRecord> records, int uploader) {
        return submit(records, new Admission.Terms(Admission.Repeats.KEPT, uploader), Long.MAX_VALUE);
    }

    CompletableFuture<CommitReceipt> submit(List<SealedRecord> records, Admission.Terms terms, long epoch) {
        ObjectStore.requireCommitBytes(records);
        try {
            return CompletableFuture.completedFuture(store(records, terms, epoch));
        } catch (StoreException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    synchronized CommitReceipt store(List<SealedRecord> submitted, Admission.Terms terms, long epoch) {
        requireOpen();
        ObjectStore.requireCommitBytes(submitted);
        return intake.store(submitted, terms, collection.reliance(epoch), closedEpochs);
    }

    /** A record that provides nothing any more is gone. Returns its bytes, 0 if it stays. */
    long removeUnused(long sequence) {
        return intake.removeUnused(sequence);
    }

    @Override
    public ObjectStore session(String where) {
        return collection.session(where);
    }

    @Override
    public Collectable collectable() {
        return collection.begin();
    }

    /** Records from this number on, in order. */
    Map<Long, StoredRecord> recordsFrom(long from) {
        return records.tailMap(from);
    }

    Map<ObjectId, IndexedObject> objects() {
        return objects;
    }

    Map<ObjectId, RetainedSnapshot> retained() {
        return snapshots;
    }

    long nextSequence() {
        return intake.nextSequence();
    }

    @Override
    public void forEachRecord(Set<RecordKind> kinds, IntPredicate epochs, RecordVisitor visitor) {
        List<Long> sequences;
        synchronized (this) {
            requireOpen();
            sequences = records.entrySet().stream()
                    .filter(entry -> kinds.contains(entry.getValue().kind())
                            && epochs.test(entry.getValue().epoch()))
                    .map(Map.Entry::getKey)
                    .toList();
        }
        for (long sequence : sequences) {
            SealedRecord record;
            if (!visitor.isWanted(sequence)) {
                continue;
            }
            try {
                record = read(new RecordRef(sequence, 0));
            } catch (CorruptDataException e) {
                visitor.damaged(sequence, e);
                continue;
            }
            visitor.record(sequence, record);
        }
    }

    @Override
    public void forEachObject(ObjectVisitor visitor) {
        List<Map.Entry<ObjectId, IndexedObject>> rows;
        synchronized (this) {
            requireOpen();
            rows = objects.entrySet().stream()
                    .map(entry -> Map.entry(
                            entry.getKey(),
                            new IndexedObject(List.copyOf(entry.getValue().providers()))))
                    .toList();
        }
        rows.forEach(row -> visitor.object(
                row.getKey(), row.getValue().type(), row.getValue().refs()));
    }

    @Override
    public synchronized Optional<Branch> branch(String name) {
        requireOpen();
        return Optional.ofNullable(branches.get(Branch.requireName(name)));
    }

    @Override
    public synchronized List<Branch> branches() {
        requireOpen();
        return List.copyOf(branches.values());
    }

    @Override
    public BranchMove.Outcome move(BranchMove move) {
        return move(move, Long.MAX_VALUE);
    }

    synchronized BranchMove.Outcome move(BranchMove move, long epoch) {
        requireOpen();
        BranchMove.Outcome first = operations.get(move.operation());
        if (first != null) {
            return first;
        }
        List<ObjectId> retained = move.allRetained();
        List<ObjectId> missing = retained.stream()
                .filter(id -> !isSnapshot(id) || collection.isHidden(id, epoch))
                .toList();
        if (!missing.isEmpty()) {
            throw new MissingObjectsException(missing);
        }
        Branch current = branches.get(move.branch());
        BranchMove.Outcome outcome;
        if (!Objects.equals(move.expected(), current == null ? null : current.snapshot())) {
            outcome = new BranchMove.Outcome.Conflict(current);
        } else {
            retained.forEach(collection::comes);
            ObjectId target = move.target();
            retained.stream()
                    .filter(id -> id.equals(target) || !notes.of(id).isForgotten())
                    .forEach(id -> snapshots.computeIfAbsent(id, this::retainedSnapshot));
            outcome = point(move.branch(), current, target);
            if (current != null) {
                leave(current.snapshot());
            }
        }
        operations.put(move.operation(), outcome);
        return outcome;
    }

    private BranchMove.Outcome point(String branch, @Nullable Branch current, @Nullable ObjectId target) {
        if (target == null) {
            branches.remove(branch);
            return new BranchMove.Outcome.Deleted(Objects.requireNonNull(current));
        }
        Branch moved = new Branch(branch, target, current == null ? 1 : current.version() + 1);
        branches.put(branch, moved);
        return new BranchMove.Outcome.Moved(moved);
    }

    /** What is forgotten is retained only while a branch points at it. */
    private void leave(ObjectId snapshot) {
        boolean isHead =
                branches.values().stream().anyMatch(branch -> branch.snapshot().equals(snapshot));
        if (!isHead && notes.of(snapshot).isForgotten()) {
            snapshots.remove(snapshot);
        }
    }

    @Override
    public synchronized NoteReceipt annotate(List<Note> offered) {
        requireOpen();
        int leftOut = 0;
        int added = 0;
        for (Note note : ObjectStore.requireNotes(offered)) {
            ObjectId snapshot = note.snapshot();
            SnapshotNotes before = notes.of(snapshot);
            SnapshotNotes after = before.with(note);
            if (after.equals(before)) {
                continue;
            }
            if (!notes.put(snapshot, after)) {
                leftOut++;
                continue;
            }
            added++;
            if (before.isForgotten() && !after.isForgotten() && isSnapshot(snapshot)) {
                snapshots.computeIfAbsent(snapshot, this::retainedSnapshot);
            }
            leave(snapshot);
        }
        return new NoteReceipt(added, leftOut);
    }

    @Override
    public synchronized SnapshotNotes notes(ObjectId snapshot) {
        requireOpen();
        return notes.of(snapshot);
    }

    @Override
    public synchronized List<Note> notesAfter(byte @Nullable [] key, int max) {
        requireOpen();
        return notes.after(key, max);
    }

    private boolean isSnapshot(ObjectId id) {
        IndexedObject row = objects.get(id);
        return row != null && row.facts(Set.of()).types().contains(ObjectType.SNAPSHOT);
    }

    private RetainedSnapshot retainedSnapshot(ObjectId id) {
        return providers(id).stream()
                .map(ref -> read(ref).header())
                .filter(header -> header.kind() == RecordKind.SNAPSHOT)
                .findFirst()
                .map(RetainedSnapshot::of)
                .orElseThrow();
    }

    @Override
    public synchronized List<RetainedSnapshot> snapshots() {
        requireOpen();
        return snapshots.values().stream().sorted(RetainedSnapshot.OLDEST_FIRST).toList();
    }

    @Override
    public synchronized Optional<StoredConfiguration> configuration() {
        requireOpen();
        return Optional.ofNullable(configuration);
    }

    @Override
    public synchronized boolean configure(long expectedRevision, byte[] bytes) {
        requireOpen();
        StoredConfiguration wanted = new StoredConfiguration(expectedRevision + 1, bytes.clone());
        StoredConfiguration current = configuration;
        long revision = current == null ? 0 : current.revision();
        if (current != null && revision == wanted.revision()) {
            return Arrays.equals(current.bytes(), bytes);
        }
        if (revision != expectedRevision) {
            return false;
        }
        configuration = wanted;
        return true;
    }

    @Override
    public synchronized LocalTable local(String name) {
        requireOpen();
        return tables.computeIfAbsent(LocalTable.requireName(name), ignored -> new InMemoryTable());
    }

    @Override
    public synchronized StoreStats stats() {
        requireOpen();
        long bytes = records.values().stream()
                .mapToLong(record -> record.bytes().length)
                .sum();
        return new StoreStats(objects.size(), records.size(), bytes, 0);
    }

    /** Flips the last byte of a stored record, so that reading it fails: damage for tests. */
    public synchronized void damage(long sequence) {
        byte[] bytes = Objects.requireNonNull(records.get(sequence)).bytes();
        bytes[bytes.length - 1] ^= 1;
    }

    @Override
    public synchronized void close() {
        closed = true;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the store is closed");
        }
    }
}
