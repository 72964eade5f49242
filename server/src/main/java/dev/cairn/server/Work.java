package dev.cairn.server;

import dev.cairn.cas.ObjectStore;
import dev.cairn.replicator.protocol.PushId;
import dev.cairn.replicator.protocol.Request;
import org.jspecify.annotations.Nullable;

/**
 * A request at work on a repository, in a session of its store where that must be: the session of the push that it names; one of
 * its own where it streams what a collection might remove meanwhile.
 */
final class Work implements AutoCloseable {

    private final RepositoryShelf.Lease lease;
    private final ObjectStore store;
    private final Runnable ends;
    private final @Nullable PushId ending;

    private Work(RepositoryShelf.Lease lease, ObjectStore store, Runnable ends, @Nullable PushId ending) {
        this.lease = lease;
        this.store = store;
        this.ends = ends;
        this.ending = ending;
    }

    /** Begins. Closes the lease with it, or if it cannot begin. */
    static Work begin(Request request, RepositoryShelf.Lease lease) {
        boolean begun = false;
        try {
            Work work = switch (request) {
                case Request.Missing missing -> push(lease, missing.push(), null);
                case Request.Batch batch -> push(lease, batch.push(), ending(batch));
                case Request.Move move -> {
                    PushId push = move.push();
                    yield push == null ? plain(lease) : push(lease, push, push);
                }
                case Request.Diff _, Request.Fetch _ -> {
                    ObjectStore session = lease.store().session("a pull from this server");
                    yield new Work(lease, session, session::close, null);
                }
                case Request.Describe _,
                        Request.Compare _,
                        Request.Snapshots _,
                        Request.Create _,
                        Request.Configure _,
                        Request.Notes _,
                        Request.Annotate _ -> plain(lease);
            };
            begun = true;
            return work;
        } finally {
            if (!begun) {
                lease.close();
            }
        }
    }

    /** A push ends with the batch that brings its move. */
    private static @Nullable PushId ending(Request.Batch batch) {
        return batch.last() == null ? null : batch.push();
    }

    private static Work plain(RepositoryShelf.Lease lease) {
        return new Work(lease, lease.store(), () -> {}, null);
    }

    private static Work push(RepositoryShelf.Lease lease, PushId push, @Nullable PushId ending) {
        PushSessions.Use use = lease.push(push);
        return new Work(lease, use.store(), use::close, ending);
    }

    ObjectStore store() {
        return store;
    }

    /** It was carried out: a push that ends with it is complete. */
    void answered() {
        if (ending != null) {
            lease.endPush(ending);
        }
    }

    /** Idempotent. */
    @Override
    public void close() {
        try {
            ends.run();
        } finally {
            lease.close();
        }
    }
}
