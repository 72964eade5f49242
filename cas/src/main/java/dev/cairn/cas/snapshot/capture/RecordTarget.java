package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ObjectStore.CommitReceipt;
import dev.cairn.cas.SealedRecord;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Where the records of a capture go: into the store or, when it only tries, nowhere. May be used from several threads. */
sealed interface RecordTarget {

    /** Whether there is no need to bring {@code id}. */
    boolean has(ObjectId id);

    /**
     * Whether {@code id}, which is not {@link #has had}, is lost rather than new: damage took all that provided it. What is
     * brought in its place must not be a delta, since an object does not get deeper.
     */
    boolean isLost(ObjectId id);

    /** Takes records whose children were taken before, or stand before them; the future completes once they are durable. */
    CompletableFuture<CommitReceipt> submit(List<SealedRecord> records);

    /** Says that there is no use in waiting for more, so that what was submitted is stored at once. May wait for it. */
    void nothingFollows();

    /** Stores. */
    record Stored(ObjectStore store) implements RecordTarget {
        @Override
        public boolean has(ObjectId id) {
            return store.has(id);
        }

        @Override
        public boolean isLost(ObjectId id) {
            return !store.providers(id).isEmpty();
        }

        @Override
        public CompletableFuture<CommitReceipt> submit(List<SealedRecord> records) {
            return store.stream(records);
        }

        @Override
        public void nothingFollows() {
            store.commit(List.of());
        }
    }

    /**
     * Stores nothing, and remembers ids that it was given, so that repeats are not counted twice: the first half million of them,
     * some 40 MB; from there on a repeat may be counted again.
     */
    final class Tried implements RecordTarget {
        private static final int IDS_MAX = 500_000;

        private final ObjectStore store;
        private final Set<Long> given = ConcurrentHashMap.newKeySet();

        Tried(ObjectStore store) {
            this.store = store;
        }

        @Override
        public boolean has(ObjectId id) {
            return given.contains(id.word0()) || store.has(id);
        }

        @Override
        public boolean isLost(ObjectId id) {
            return !store.providers(id).isEmpty();
        }

        @Override
        public void nothingFollows() {
            // Nothing waits.
        }

        @Override
        public CompletableFuture<CommitReceipt> submit(List<SealedRecord> records) {
            long bytes = 0;
            int objects = 0;
            for (SealedRecord record : records) {
                bytes += record.bytes().length;
                objects += record.header().provided().size();
                if (given.size() < IDS_MAX) {
                    record.header()
                            .provided()
                            .forEach(object -> given.add(object.id().word0()));
                }
            }
            return CompletableFuture.completedFuture(new CommitReceipt(records.size(), bytes, objects));
        }
    }
}
