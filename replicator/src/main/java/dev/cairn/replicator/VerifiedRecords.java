package dev.cairn.replicator;

import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.SealedRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Records that a pull has verified, on their way into the store, in their order. Memory: {@value #COMMITS_MAX} + 1 commits of about
 * {@value #COMMIT_BYTES} bytes. Not thread-safe.
 */
final class VerifiedRecords {

    private static final int COMMIT_BYTES = 8 << 20;
    private static final int COMMITS_MAX = 2;

    private final ObjectStore store;
    private final Deque<CompletableFuture<?>> commits = new ArrayDeque<>();
    private final List<SealedRecord> verified = new ArrayList<>();
    private long verifiedBytes;

    /** What is verified and not committed yet. */
    private final Set<ObjectId> staged = new HashSet<>();

    VerifiedRecords(ObjectStore store) {
        this.store = store;
    }

    /** Takes a record. */
    void add(SealedRecord record) {
        verified.add(record);
        record.header().provided().forEach(object -> staged.add(object.id()));
        verifiedBytes += record.bytes().length;
        if (verifiedBytes >= COMMIT_BYTES) {
            submit();
        }
    }

    /** Whether a record that was taken and may not be durable yet provides {@code id}. */
    boolean isStaged(ObjectId id) {
        return staged.contains(id);
    }

    /** Waits until all that was taken is durable. */
    void commit() {
        submit();
        while (!commits.isEmpty()) {
            join(commits.remove());
        }
        staged.clear();
    }

    private void submit() {
        if (verified.isEmpty()) {
            return;
        }
        commits.add(store.submit(List.copyOf(verified)));
        verified.clear();
        verifiedBytes = 0;
        while (commits.size() > COMMITS_MAX) {
            join(commits.remove());
        }
    }

    private static void join(CompletableFuture<?> commit) {
        try {
            commit.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof MissingObjectsException missing) {
                throw new RemoteException.PeerMisbehaved("a page before what it refers to", missing);
            }
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
