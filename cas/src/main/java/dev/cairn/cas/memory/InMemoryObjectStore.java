package dev.cairn.cas.memory;

import dev.cairn.cas.Admission;
import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.ChildSource;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.LocalTable;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.ObjectVisitor;
import dev.cairn.cas.OperationId;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordFinding;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.RecordVisitor;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.StoreStats;
import dev.cairn.cas.StoredConfiguration;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An {@link ObjectStore} on the heap. Everything is gone when it is. Threading: one lock around all of it. */
public final class InMemoryObjectStore implements ObjectStore {

    private final RepositoryId repositoryId;
    private final TreeMap<Long, StoredRecord> records = new TreeMap<>();
    private final Map<ObjectId, IndexedObject> objects = new TreeMap<>();
    private final Map<String, Branch> branches = new TreeMap<>();
    private final Map<OperationId, BranchMove.Outcome> operations = new HashMap<>();
    private final Map<ObjectId, RetainedSnapshot> snapshots = new HashMap<>();
    private final Map<String, LocalTable> tables = new HashMap<>();
    private final TreeMap<Long, RecordFinding.State> notes = new TreeMap<>();
    private @Nullable StoredConfiguration configuration;
    private long nextSequence;
    private boolean closed;

    private record StoredRecord(RecordKind kind, byte[] bytes, byte[] digest, int uploader) {}

    /** An empty replica of {@code repositoryId}. */
    public InMemoryObjectStore(RepositoryId repositoryId) {
        this.repositoryId = repositoryId;
    }

    @Override
    public RepositoryId repositoryId() {
        return repositoryId;
    }

    @Override
    public synchronized boolean has(ObjectId id) {
        requireOpen();
        IndexedObject row = objects.get(id);
        return row != null && row.facts(notes.keySet()).providers() > 0;
    }

    @Override
    public synchronized List<ObjectId> missing(Collection<ObjectId> ids) {
        requireOpen();
        Set<ObjectId> missing = new LinkedHashSet<>(ids);
        missing.removeIf(this::has);
        return List.copyOf(missing);
    }

    @Override
    public synchronized List<RecordRef> providers(ObjectId id) {
        requireOpen();
        IndexedObject row = objects.get(id);
        return row == null
                ? List.of()
                : row.refs().stream()
                        .sorted(Comparator.comparing(ref -> notes.containsKey(ref.sequence())))
                        .toList();
    }

    @Override
    public synchronized void note(List<RecordFinding> findings) {
        for (RecordFinding finding : findings) {
            RecordFinding.State before = notes.get(finding.sequence());
            if (finding.state().isDamage()) {
                notes.put(finding.sequence(), finding.state());
            } else if (before != null && finding.state().settles(before)) {
                notes.remove(finding.sequence());
            }
        }
    }

    @Override
    public synchronized List<RecordFinding> noted() {
        return notes.entrySet().stream()
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
        if (!Arrays.equals(stored.digest, sha256(stored.bytes))) {
            throw new CorruptDataException(where, "the digest that was stored", "another one");
        }
        SealedRecord record = SealedRecord.parse(stored.bytes.clone(), where, this);
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
    public synchronized List<ObjectId> children(ObjectId page) {
        requireOpen();
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
        return store(records, Admission.Terms.VERIFIED);
    }

    @Override
    public CommitReceipt heal(List<SealedRecord> records) {
        return store(records, Admission.Terms.MENDING);
    }

    @Override
    public CompletableFuture<CommitReceipt> submit(List<SealedRecord> records) {
        return submit(records, Admission.Terms.VERIFIED);
    }

    @Override
    public CompletableFuture<CommitReceipt> submitUnverified(List<SealedRecord> records, int uploader) {
        return submit(records, new Admission.Terms(Admission.Repeats.KEPT, uploader));
    }

    private CompletableFuture<CommitReceipt> submit(List<SealedRecord> records, Admission.Terms terms) {
        ObjectStore.requireCommitBytes(records);
        try {
            return CompletableFuture.completedFuture(store(records, terms));
        } catch (StoreException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private synchronized CommitReceipt store(List<SealedRecord> submitted, Admission.Terms terms) {
        requireOpen();
        ObjectStore.requireCommitBytes(submitted);
        Admission admission = new Admission(new Known());
        List<SealedRecord> wanted = switch (terms.repeats()) {
            case SKIPPED -> submitted;
            case KEPT -> submitted.stream().filter(record -> !isStored(record)).toList();
            case MENDING ->
                submitted.stream().filter(record -> !isWhole(record)).toList();
        };
        List<Admission.Admitted> plan = admission.admit(wanted, terms);
        if (terms.repeats() == Admission.Repeats.MENDING) {
            submitted.stream()
                    .filter(record -> !wanted.contains(record))
                    .forEach(record -> record.header()
                            .provided()
                            .forEach(object -> dropDamaged(
                                    Objects.requireNonNull(objects.get(object.id()))
                                            .providers(),
                                    terms.repeats())));
        }
        long bytesStored = 0;
        int objectsNew = 0;
        for (Admission.Admitted admitted : plan) {
            byte[] bytes = admitted.record().bytes().clone();
            RecordHeader header = admitted.record().header();
            long sequence = nextSequence++;
            records.put(sequence, new StoredRecord(header.kind(), bytes, sha256(bytes), terms.uploader()));
            for (int ordinal : admitted.ordinals()) {
                provide(header.provided().get(ordinal), terms.repeats())
                        .add(new IndexedObject.Provider(
                                sequence, ordinal, header.kind().provides(), admitted.depth()));
            }
            bytesStored += bytes.length;
            objectsNew += admitted.objectsNew();
        }
        return new CommitReceipt(plan.size(), bytesStored, objectsNew);
    }

    private final class Known implements Admission.Known {
        @Override
        public Admission.@Nullable Facts facts(ObjectId id) {
            IndexedObject row = objects.get(id);
            return row == null ? null : row.facts(notes.keySet());
        }

        @Override
        public int providersBy(int uploader, ObjectId id) {
            IndexedObject row = objects.get(id);
            return row == null
                    ? 0
                    : (int) row.providers().stream()
                            .filter(provider -> !notes.containsKey(provider.sequence()))
                            .map(provider -> records.get(provider.sequence()))
                            .filter(record -> record != null && record.uploader == uploader)
                            .count();
        }
    }

    private List<IndexedObject.Provider> provide(ProvidedObject object, Admission.Repeats repeats) {
        List<IndexedObject.Provider> providers = objects.computeIfAbsent(
                        object.id(), id -> new IndexedObject(new ArrayList<>()))
                .providers();
        dropDamaged(providers, repeats);
        return providers;
    }

    /** As a store on disk does it: who mends looks at every provider, others at those that are noted. */
    private void dropDamaged(List<IndexedObject.Provider> providers, Admission.Repeats repeats) {
        boolean mends = repeats == Admission.Repeats.MENDING;
        List<IndexedObject.Provider> damaged = providers.stream()
                .filter(provider -> {
                    RecordFinding.State noted = notes.get(provider.sequence());
                    return (mends && noted == RecordFinding.State.UNUSABLE)
                            || ((mends || noted != null) && !reads(provider.sequence()));
                })
                .toList();
        providers.removeAll(damaged);
        damaged.forEach(provider -> removeUnused(provider.sequence()));
    }

    /** A record that provides nothing any more is gone; its number is not used again. */
    private void removeUnused(long sequence) {
        boolean used = objects.values().stream()
                .flatMap(row -> row.providers().stream())
                .anyMatch(provider -> provider.sequence() == sequence);
        if (!used) {
            notes.remove(sequence);
            records.remove(sequence);
        }
    }

    private boolean isStored(SealedRecord record) {
        List<IndexedObject> rows = new ArrayList<>();
        for (ProvidedObject provided : record.header().provided()) {
            IndexedObject row = objects.get(provided.id());
            if (row == null) {
                return false;
            }
            rows.add(row);
        }
        byte[] digest = sha256(record.bytes());
        return rows.stream()
                .flatMap(row -> row.providers().stream())
                .anyMatch(provider -> isSame(digest, provider.sequence()));
    }

    private boolean isWhole(SealedRecord record) {
        byte[] digest = sha256(record.bytes());
        return record.header().provided().stream().allMatch(object -> {
            IndexedObject row = objects.get(object.id());
            return row != null
                    && row.providers().stream()
                            .anyMatch(provider -> isSame(digest, provider.sequence()) && reads(provider.sequence()));
        });
    }

    private boolean isSame(byte[] digest, long sequence) {
        StoredRecord stored = records.get(sequence);
        return stored != null && !notes.containsKey(sequence) && Arrays.equals(digest, stored.digest);
    }

    private boolean reads(long sequence) {
        StoredRecord stored = records.get(sequence);
        return stored != null && Arrays.equals(stored.digest, sha256(stored.bytes));
    }

    @Override
    public void forEachRecord(Set<RecordKind> kinds, RecordVisitor visitor) {
        List<Long> sequences;
        synchronized (this) {
            requireOpen();
            sequences = records.entrySet().stream()
                    .filter(entry -> kinds.contains(entry.getValue().kind))
                    .map(Map.Entry::getKey)
                    .toList();
        }
        for (long sequence : sequences) {
            SealedRecord record;
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
    public synchronized BranchMove.Outcome move(BranchMove move) {
        requireOpen();
        BranchMove.Outcome first = operations.get(move.operation());
        if (first != null) {
            return first;
        }
        List<ObjectId> retained = move.allRetained();
        List<ObjectId> missing = retained.stream().filter(id -> !isSnapshot(id)).toList();
        if (!missing.isEmpty()) {
            throw new MissingObjectsException(missing);
        }
        Branch current = branches.get(move.branch());
        BranchMove.Outcome outcome;
        if (!Objects.equals(move.expected(), current == null ? null : current.snapshot())) {
            outcome = new BranchMove.Outcome.Conflict(current);
        } else {
            retained.forEach(id -> snapshots.computeIfAbsent(id, this::retainedSnapshot));
            Branch moved = new Branch(move.branch(), move.target(), current == null ? 1 : current.version() + 1);
            branches.put(move.branch(), moved);
            outcome = new BranchMove.Outcome.Moved(moved);
        }
        operations.put(move.operation(), outcome);
        return outcome;
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
                .mapToLong(record -> record.bytes.length)
                .sum();
        return new StoreStats(objects.size(), records.size(), bytes, 0);
    }

    /** Flips the last byte of a stored record, so that reading it fails: damage for tests. */
    public synchronized void damage(long sequence) {
        byte[] bytes = Objects.requireNonNull(records.get(sequence)).bytes;
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

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
