package dev.cairn.cas.memory;

import dev.cairn.cas.Admission;
import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.Collectable;
import dev.cairn.cas.LocalTable;
import dev.cairn.cas.Note;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ObjectVisitor;
import dev.cairn.cas.RecordFinding;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.RecordVisitor;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.SnapshotNotes;
import dev.cairn.cas.StoreStats;
import dev.cairn.cas.StoredConfiguration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** A store in memory as a session sees it. */
final class InMemorySession implements ObjectStore {

    private final InMemoryObjectStore store;
    private final InMemoryCollection collection;
    private final long epoch;

    InMemorySession(InMemoryObjectStore store, InMemoryCollection collection, long epoch) {
        this.store = store;
        this.collection = collection;
        this.epoch = epoch;
    }

    long epoch() {
        return epoch;
    }

    @Override
    public RepositoryId repositoryId() {
        return store.repositoryId();
    }

    @Override
    public boolean has(ObjectId id) {
        return store.has(id, epoch);
    }

    @Override
    public List<ObjectId> missing(Collection<ObjectId> ids) {
        return store.missing(ids, epoch);
    }

    @Override
    public List<RecordRef> providers(ObjectId id) {
        return store.providers(id);
    }

    @Override
    public SealedRecord read(RecordRef ref) {
        return store.read(ref);
    }

    @Override
    public int depth(ObjectId id) {
        return store.depth(id);
    }

    @Override
    public List<ObjectId> children(ObjectId page) {
        return store.children(page, epoch);
    }

    @Override
    public CommitReceipt commit(List<SealedRecord> records) {
        return store.store(records, Admission.Terms.VERIFIED, epoch);
    }

    @Override
    public CommitReceipt heal(List<SealedRecord> records) {
        return store.store(records, Admission.Terms.MENDING, epoch);
    }

    @Override
    public CompletableFuture<CommitReceipt> submit(List<SealedRecord> records) {
        return store.submit(records, Admission.Terms.VERIFIED, epoch);
    }

    @Override
    public CompletableFuture<CommitReceipt> submitUnverified(List<SealedRecord> records, int uploader) {
        return store.submit(records, new Admission.Terms(Admission.Repeats.KEPT, uploader), epoch);
    }

    @Override
    public void note(List<RecordFinding> findings) {
        store.note(findings);
    }

    @Override
    public List<RecordFinding> noted() {
        return store.noted();
    }

    @Override
    public CommitReceipt replace(List<SealedRecord> records) {
        return store.store(records, Admission.Terms.REPLACING, epoch);
    }

    @Override
    public SortedMap<Integer, EpochUse> epochs() {
        return store.epochs();
    }

    @Override
    public boolean closeEpochs(Set<Integer> epochs) {
        return store.closeEpochs(epochs);
    }

    @Override
    public NoteReceipt annotate(List<Note> notes) {
        return store.annotate(notes);
    }

    @Override
    public SnapshotNotes notes(ObjectId snapshot) {
        return store.notes(snapshot);
    }

    @Override
    public List<Note> notesAfter(byte @Nullable [] key, int max) {
        return store.notesAfter(key, max);
    }

    @Override
    public void forEachRecord(Set<RecordKind> kinds, IntPredicate epochs, RecordVisitor visitor) {
        store.forEachRecord(kinds, epochs, visitor);
    }

    @Override
    public void forEachObject(ObjectVisitor visitor) {
        store.forEachObject(visitor);
    }

    @Override
    public Optional<Branch> branch(String name) {
        return store.branch(name);
    }

    @Override
    public List<Branch> branches() {
        return store.branches();
    }

    @Override
    public BranchMove.Outcome move(BranchMove move) {
        return store.move(move, epoch);
    }

    @Override
    public List<RetainedSnapshot> snapshots() {
        return store.snapshots();
    }

    @Override
    public Optional<StoredConfiguration> configuration() {
        return store.configuration();
    }

    @Override
    public boolean configure(long expectedRevision, byte[] bytes) {
        return store.configure(expectedRevision, bytes);
    }

    @Override
    public ObjectStore session(String where) {
        return store.session(where);
    }

    @Override
    public Collectable collectable() {
        return store.collectable();
    }

    @Override
    public LocalTable local(String name) {
        return store.local(name);
    }

    @Override
    public StoreStats stats() {
        return store.stats();
    }

    /** Ends the session; the store stays. */
    @Override
    public void close() {
        collection.end(this);
    }
}
