package dev.cairn.cas.lmdb;

import dev.cairn.cas.Admission;
import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.Collectable;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.LocalTable;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.Note;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ObjectVisitor;
import dev.cairn.cas.PlaceVisitor;
import dev.cairn.cas.RecordFinding;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.RecordVisitor;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.Sha256;
import dev.cairn.cas.SnapshotNotes;
import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.StoreFullException;
import dev.cairn.cas.StoreStats;
import dev.cairn.cas.StoredConfiguration;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A replica on disk: an index in one LMDB environment, records in volumes beside it.
 *
 * <p>Several processes may open the same folder; within one process all stores on a folder share its files. Opening reads a
 * few pages; a volume is checked when it is first used. Where the folder is not writable the store can only be read, and
 * nobody may write to it meanwhile.
 */
public final class LmdbObjectStore implements ObjectStore {

    private final Replica replica;
    private final boolean readOnly;
    private final StoreSessions.@Nullable Begun session;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * How to open a replica.
     *
     * @param lockWait how long to wait for another process that writes
     * @param volumeBytesMax a new volume is begun before one grows beyond this; 64 GiB at most
     * @param indexMapBytes the address space of the index; less is taken where there is less
     * @param readOnly whether to refuse every change; {@code networkFileSystem} whether such a one is taken all the same
     */
    public record Options(
            Duration lockWait, long volumeBytesMax, long indexMapBytes, boolean readOnly, boolean networkFileSystem) {

        /** 10 s of waiting, volumes of 64 GiB, an index of up to 1 TiB, to be written, local. */
        public static final Options DEFAULT =
                new Options(Duration.ofSeconds(10), VolumeSet.BYTES_MAX, 1L << 40, false, false);

        public Options {
            if (volumeBytesMax < 1 || volumeBytesMax > VolumeSet.BYTES_MAX) {
                throw new IllegalArgumentException(
                        "volumeBytesMax (%d) must be 1 to %d".formatted(volumeBytesMax, VolumeSet.BYTES_MAX));
            }
            if (indexMapBytes < 1L << 20 || lockWait.isNegative()) {
                throw new IllegalArgumentException(
                        "indexMapBytes (%d) must be at least a MiB, lockWait (%s) not negative"
                                .formatted(indexMapBytes, lockWait));
            }
        }

        public Options withLockWait(Duration wait) {
            return new Options(wait, volumeBytesMax, indexMapBytes, readOnly, networkFileSystem);
        }

        public Options withVolumeBytesMax(long bytes) {
            return new Options(lockWait, bytes, indexMapBytes, readOnly, networkFileSystem);
        }

        public Options withIndexMapBytes(long bytes) {
            return new Options(lockWait, volumeBytesMax, bytes, readOnly, networkFileSystem);
        }

        public Options withReadOnly(boolean wanted) {
            return new Options(lockWait, volumeBytesMax, indexMapBytes, wanted, networkFileSystem);
        }

        public Options withNetworkFileSystem(boolean taken) {
            return new Options(lockWait, volumeBytesMax, indexMapBytes, readOnly, taken);
        }
    }

    private LmdbObjectStore(Replica replica, boolean readOnly, StoreSessions.@Nullable Begun session) {
        this.replica = replica;
        this.readOnly = readOnly;
        this.session = session;
    }

    /**
     * Makes an empty replica of {@code repository} in {@code folder}, which must not exist or be empty, and opens it.
     * Durable when it returns.
     */
    public static LmdbObjectStore create(Path folder, RepositoryId repository, Options options) {
        ReplicaMaker.make(folder, repository, options);
        return open(folder, options);
    }

    /**
     * Opens the replica in {@code folder}.
     *
     * @throws dev.cairn.cas.NoRepositoryException if there is none
     * @throws CorruptDataException if its index cannot be used
     * @throws dev.cairn.cas.StoreAccessException if permissions or the file system do not allow it
     */
    public static LmdbObjectStore open(Path folder, Options options) {
        return new LmdbObjectStore(Replica.open(folder, options), options.readOnly(), null);
    }

    /**
     * Looks at every page of the index of the replica in {@code folder} by plain reads. Opening looks at the roots only, where an
     * index is large; what LMDB then meets further down can end the process. For whoever keeps many replicas open, and must
     * not lose the others to one. Reads the whole index: some seconds for each GiB.
     *
     * @throws CorruptDataException if LMDB must not open it
     * @throws dev.cairn.cas.NoRepositoryException if there is none
     */
    public static void requireSoundIndex(Path folder) {
        IndexCheck.ofEveryPage(ReplicaFolder.index(ReplicaFolder.require(folder, true)))
                .require();
    }

    /**
     * Rebuilds the index of the replica in {@code folder} from its volumes alone, bottom-up, so that closure holds. The old
     * index, and every volume that had to be rewritten, are set aside under another name, not deleted. Of local
     * tables those of scrubs and drills are taken over where the old index can be read. Snapshots that are lost are noted
     * ({@link dev.cairn.cas.LostSnapshots}).
     *
     * @throws dev.cairn.cas.NoRepositoryException if there are no volumes to rebuild from
     * @throws dev.cairn.cas.StoreBusyException if this process has the replica open, or another one writes
     */
    public static RebuildReport rebuildIndex(Path folder, Options options) {
        return rebuildIndex(folder, options, false, _ -> {});
    }

    /**
     * As {@link #rebuildIndex(Path, Options)}.
     *
     * @param unlessWorse leaves a sound index in its place if the new one would have fewer snapshots: closure leaves a snapshot out of
     *     which one chunk is damaged, and by the old index all the rest of it can be restored
     * @param containersRead told how many containers were read so far, from the calling thread; must be quick
     */
    public static RebuildReport rebuildIndex(
            Path folder, Options options, boolean unlessWorse, LongConsumer containersRead) {
        return new IndexRebuild(folder, options, unlessWorse, containersRead).run();
    }

    private Replica replica() {
        if (closed.get()) {
            throw new IllegalStateException("the store is closed");
        }
        return replica;
    }

    private Replica writable() {
        Replica opened = replica();
        if (readOnly) {
            throw new StoreAccessException(
                    "cannot write to " + opened.folder() + ": it is open for reading only", "", null);
        }
        return opened;
    }

    private <R extends @Nullable Object> R read(Function<IndexView, R> reading) {
        return replica().read(reading);
    }

    /** For tests: the replica behind this store. */
    Replica shared() {
        return replica;
    }

    @Override
    public RepositoryId repositoryId() {
        return replica.repository();
    }

    /** The folder for temporary files of this replica. */
    public Path temporaryFolder() {
        return ReplicaFolder.temporary(replica.folder());
    }

    @Override
    public boolean has(ObjectId id) {
        return read(view -> view.has(id, epoch(), view.damage()));
    }

    /** What was condemned in this epoch or before it is absent for this store. */
    private long epoch() {
        return session == null ? Long.MAX_VALUE : session.epoch();
    }

    @Override
    public List<ObjectId> missing(Collection<ObjectId> ids) {
        Set<ObjectId> distinct = new LinkedHashSet<>(ids);
        return read(view -> {
            DamageNotes notes = view.damage();
            return distinct.stream().filter(id -> !view.has(id, epoch(), notes)).toList();
        });
    }

    @Override
    public List<RecordRef> providers(ObjectId id) {
        return read(view -> {
            ObjectRow row = view.object(id);
            return row == null ? List.<RecordRef>of() : row.refs(view.damage());
        });
    }

    @Override
    public SealedRecord read(RecordRef ref) {
        return replica().read(ref);
    }

    @Override
    public SealedRecord readToOpen(RecordRef ref) {
        return replica().readToOpen(ref);
    }

    @Override
    public int depth(ObjectId id) {
        ObjectRow row = read(view -> view.object(id));
        return row == null ? 0 : row.depth();
    }

    @Override
    public List<ObjectId> children(ObjectId page) {
        if (!has(page)) {
            throw new MissingObjectsException(List.of(page));
        }
        return replica().children().children(page);
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
    public void note(List<RecordFinding> findings) {
        if (!read(view -> view.damage().rows(findings)).isEmpty()) {
            // A record that is collected meanwhile must not keep a note: nobody would ever take it off.
            writable().step(commit -> commit.note(findings));
        }
    }

    @Override
    public List<RecordFinding> noted() {
        return read(view -> view.damage().all());
    }

    @Override
    public long notedCount() {
        return read(view -> view.damage().count());
    }

    /**
     * Looks at records without any key, volume by volume, the one first that was looked at longest ago, and {@linkplain #note
     * notes} what it finds. Where it stopped, and when each volume was last looked through, is kept.
     *
     * @param going asked before each record; false ends the scrub as if its budget were used up
     */
    public ScrubReport scrub(ScrubBudget budget, InstantSource clock, BooleanSupplier going, ScrubProgress progress) {
        writable();
        return new Scrub(this, replica(), budget, clock, going, progress).run();
    }

    /** What is known of the scrubs of each volume, the one first that was looked through longest ago. */
    public List<ScrubState> scrubs() {
        return replica().readRows(ScrubRows::states);
    }

    @Override
    public CommitReceipt replace(List<SealedRecord> records) {
        return store(records, Admission.Terms.REPLACING);
    }

    @Override
    public SortedMap<Integer, EpochUse> epochs() {
        return read(IndexView::epochs);
    }

    @Override
    public boolean closeEpochs(Set<Integer> epochs) {
        Outcome<Boolean> outcome = new Outcome<>(true);
        return writable().await(new Request.CloseEpochs(Set.copyOf(epochs), outcome), outcome);
    }

    private CommitReceipt store(List<SealedRecord> records, Admission.Terms terms) {
        Outcome<CommitReceipt> outcome = new Outcome<>(true);
        return writable().await(request(records, terms, outcome), outcome);
    }

    @Override
    public CompletableFuture<CommitReceipt> submit(List<SealedRecord> records) {
        return submit(records, Admission.Terms.VERIFIED, new Outcome<>(false));
    }

    @Override
    public CompletableFuture<CommitReceipt> stream(List<SealedRecord> records) {
        return submit(records, Admission.Terms.VERIFIED, Outcome.streamed());
    }

    @Override
    public CompletableFuture<CommitReceipt> submitUnverified(List<SealedRecord> records, int uploader) {
        return submit(records, new Admission.Terms(Admission.Repeats.KEPT, uploader), new Outcome<>(false));
    }

    private CompletableFuture<CommitReceipt> submit(
            List<SealedRecord> records, Admission.Terms terms, Outcome<CommitReceipt> outcome) {
        writable().submit(request(records, terms, outcome));
        return outcome.future();
    }

    private Request.Records request(List<SealedRecord> records, Admission.Terms terms, Outcome<CommitReceipt> outcome) {
        ObjectStore.requireCommitBytes(records);
        List<SealedRecord> copy = List.copyOf(records);
        List<byte[]> digests =
                copy.stream().map(record -> Sha256.of(record.bytes())).toList();
        return new Request.Records(copy, digests, terms, epoch(), outcome);
    }

    @Override
    public void forEachRecord(Set<RecordKind> kinds, IntPredicate epochs, RecordVisitor visitor) {
        new RecordScan(replica(), kinds, epochs).run(visitor);
    }

    @Override
    public void forEachObject(ObjectVisitor visitor) {
        new ObjectScan(replica()).run(visitor);
    }

    @Override
    public void forEachPlace(PlaceVisitor visitor) {
        new PlaceScan(replica()).run(visitor);
    }

    @Override
    public Optional<Branch> branch(String name) {
        Branch.requireName(name);
        return Optional.ofNullable(read(view -> view.branch(name)));
    }

    @Override
    public List<Branch> branches() {
        return read(IndexView::branches);
    }

    @Override
    public BranchMove.Outcome move(BranchMove move) {
        Outcome<BranchMove.Outcome> outcome = new Outcome<>(true);
        return writable().await(new Request.Move(move, epoch(), outcome), outcome);
    }

    @Override
    public List<RetainedSnapshot> snapshots() {
        return read(IndexView::snapshots);
    }

    @Override
    public NoteReceipt annotate(List<Note> notes) {
        Outcome<NoteReceipt> outcome = new Outcome<>(true);
        return writable().await(new Request.Notes(ObjectStore.requireNotes(notes), outcome), outcome);
    }

    @Override
    public SnapshotNotes notes(ObjectId snapshot) {
        return read(view -> view.notes(snapshot));
    }

    @Override
    public List<Note> notesAfter(byte @Nullable [] key, int max) {
        return read(view -> view.notesAfter(key, max));
    }

    @Override
    public Optional<StoredConfiguration> configuration() {
        return Optional.ofNullable(read(IndexView::configuration));
    }

    @Override
    public boolean configure(long expectedRevision, byte[] bytes) {
        Outcome<Boolean> outcome = new Outcome<>(true);
        return writable().await(new Request.Configure(expectedRevision, bytes.clone(), outcome), outcome);
    }

    @Override
    public ObjectStore session(String where) {
        Replica shared = replica().share();
        try {
            return new LmdbObjectStore(shared, readOnly, begun(shared, where));
        } catch (RuntimeException e) {
            shared.release();
            throw e;
        }
    }

    /** Where there is no room for the file, or no right to make it, what is there must be readable all the same. */
    private static StoreSessions.@Nullable Begun begun(Replica shared, String where) {
        try {
            return shared.session(where);
        } catch (StoreFullException | StoreAccessException e) {
            return null;
        }
    }

    @Override
    public Collectable collectable() {
        return LmdbCollection.begin(writable());
    }

    @Override
    public LocalTable local(String name) {
        replica();
        return new Local(LocalTable.requireName(name));
    }

    @Override
    public StoreStats stats() {
        Replica opened = replica();
        return opened.readRows(view -> new StoreStats(
                view.entries(Table.OBJECTS),
                view.entries(Table.RECORDS),
                new IndexView(view).mark().recordBytes(),
                opened.diskBytes()));
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try {
                if (session != null) {
                    session.close();
                }
            } finally {
                replica.release();
            }
        }
    }

    private final class Local implements LocalTable {

        private final String name;

        Local(String name) {
            this.name = name;
        }

        @Override
        public Optional<byte[]> get(byte[] key) {
            LocalTable.requireKey(key);
            return replica().readRows(view -> {
                Table table = new IndexView(view).local(name);
                ByteBuffer row = table == null ? null : view.get(table, key);
                return table == null || row == null
                        ? Optional.<byte[]>empty()
                        : Optional.of(IndexView.bytes(RowCheck.open(table, key, row)));
            });
        }

        @Override
        public void putAll(List<Row> rows) {
            List<Row> copy = new ArrayList<>(rows);
            copy.forEach(row -> LocalTable.requireKey(row.key()));
            Outcome<Boolean> outcome = new Outcome<>(true);
            writable().await(new Request.LocalRows(name, copy, outcome), outcome);
        }
    }
}
