package dev.cairn.server;

import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.LocalTable;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ObjectVisitor;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.RecordVisitor;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreStats;
import dev.cairn.cas.StoredConfiguration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A store that tells before it does something. */
final class WatchedStore implements ObjectStore {

    private final ObjectStore store;
    private final Supplier<Watcher> watcher;

    /** Hears what is about to be done, on the thread that is to do it. What it throws is thrown there. */
    interface Watcher {

        /** Lets everything pass. */
        Watcher NONE = new Watcher() {};

        default void submits(List<SealedRecord> records) {}

        default void configures() {}

        default void asksForMissing() {}
    }

    WatchedStore(ObjectStore store, Supplier<Watcher> watcher) {
        this.store = store;
        this.watcher = watcher;
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
        watcher.get().asksForMissing();
        return store.missing(ids);
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
    public CommitReceipt commit(List<SealedRecord> records) {
        watcher.get().submits(records);
        return store.commit(records);
    }

    @Override
    public CompletableFuture<CommitReceipt> submit(List<SealedRecord> records) {
        watcher.get().submits(records);
        return store.submit(records);
    }

    @Override
    public CommitReceipt heal(List<SealedRecord> records) {
        return store.heal(records);
    }

    @Override
    public void forEachRecord(Set<RecordKind> kinds, RecordVisitor visitor) {
        store.forEachRecord(kinds, visitor);
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
        return store.move(move);
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
        watcher.get().configures();
        return store.configure(expectedRevision, bytes);
    }

    @Override
    public LocalTable local(String name) {
        return store.local(name);
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
