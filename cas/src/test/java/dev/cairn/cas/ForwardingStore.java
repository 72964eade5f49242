package dev.cairn.cas;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** A store that hands every call on to another. Tests override what they want to watch or break. */
public class ForwardingStore implements ObjectStore {
    private final ObjectStore store;

    public ForwardingStore(ObjectStore store) {
        this.store = store;
    }

    @Override
    public LocalTable local(String name) {
        return store.local(name);
    }

    @Override
    public RepositoryId repositoryId() {
        return store.repositoryId();
    }

    @Override
    public boolean has(ObjectId id) {
        return store.has(id);
    }

    @Override
    public List<ObjectId> missing(Collection<ObjectId> ids) {
        return store.missing(ids);
    }

    @Override
    public List<RecordRef> providers(ObjectId id) {
        return store.providers(id);
    }

    @Override
    public int depth(ObjectId id) {
        return store.depth(id);
    }

    @Override
    public List<ObjectId> children(ObjectId page) {
        return store.children(page);
    }

    @Override
    public SealedRecord read(RecordRef ref) {
        return store.read(ref);
    }

    @Override
    public CommitReceipt commit(List<SealedRecord> records) {
        return store.commit(records);
    }

    @Override
    public CompletableFuture<CommitReceipt> submit(List<SealedRecord> records) {
        return store.submit(records);
    }

    @Override
    public CompletableFuture<CommitReceipt> submitUnverified(List<SealedRecord> records, int uploader) {
        return store.submitUnverified(records, uploader);
    }

    @Override
    public void note(List<RecordFinding> findings) {
        store.note(findings);
    }

    @Override
    public long notedCount() {
        return store.notedCount();
    }

    @Override
    public List<RecordFinding> noted() {
        return store.noted();
    }

    @Override
    public CommitReceipt heal(List<SealedRecord> records) {
        return store.heal(records);
    }

    @Override
    public CommitReceipt replace(List<SealedRecord> records) {
        return store.replace(records);
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
    public void forEachRecord(Set<RecordKind> kinds, IntPredicate epochs, RecordVisitor visitor) {
        store.forEachRecord(kinds, epochs, visitor);
    }

    @Override
    public void forEachObject(ObjectVisitor visitor) {
        store.forEachObject(visitor);
    }

    @Override
    public void forEachPlace(PlaceVisitor visitor) {
        store.forEachPlace(visitor);
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
        return store.move(move);
    }

    @Override
    public List<RetainedSnapshot> snapshots() {
        return store.snapshots();
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
    public Optional<StoredConfiguration> configuration() {
        return store.configuration();
    }

    @Override
    public boolean configure(long expectedRevision, byte[] bytes) {
        return store.configure(expectedRevision, bytes);
    }

    /** This very store: what a subclass does otherwise it does in sessions too. Protects nothing. */
    @Override
    public ObjectStore session(String where) {
        return this;
    }

    @Override
    public Collectable collectable() {
        return store.collectable();
    }

    @Override
    public StoreStats stats() {
        return store.stats();
    }

    @Override
    public void close() {
        store.close();
    }
}
