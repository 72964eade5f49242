package dev.cairn.server;

import dev.cairn.cas.ForwardingStore;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.SealedRecord;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A store that tells before it does something. */
final class WatchedStore extends ForwardingStore {

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
        super(store);
        this.watcher = watcher;
    }

    @Override
    public List<ObjectId> missing(Collection<ObjectId> ids) {
        watcher.get().asksForMissing();
        return super.missing(ids);
    }

    @Override
    public CommitReceipt commit(List<SealedRecord> records) {
        watcher.get().submits(records);
        return super.commit(records);
    }

    @Override
    public CompletableFuture<CommitReceipt> submit(List<SealedRecord> records) {
        watcher.get().submits(records);
        return super.submit(records);
    }

    @Override
    public CompletableFuture<CommitReceipt> submitUnverified(List<SealedRecord> records, int uploader) {
        watcher.get().submits(records);
        return super.submitUnverified(records, uploader);
    }

    @Override
    public boolean configure(long expectedRevision, byte[] bytes) {
        watcher.get().configures();
        return super.configure(expectedRevision, bytes);
    }
}
