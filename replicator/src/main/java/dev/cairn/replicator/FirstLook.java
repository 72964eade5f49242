package dev.cairn.replicator;

import dev.cairn.cas.Branch;
import dev.cairn.cas.History;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.replicator.protocol.Response;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Compares what a remote shows with what was seen there before ({@link RollbackWatch}), before a push or a pull takes anything
 * over or bases anything on it. Asks for more where the branches alone do not tell. Not thread-safe.
 */
final class FirstLook {

    private final Replica replica;
    private final Exchange exchange;
    private final NoteExchange notes;

    FirstLook(Replica replica, Exchange exchange, NoteExchange notes) {
        this.replica = replica;
        this.exchange = exchange;
        this.notes = notes;
    }

    /**
     * Looks at what is shown.
     *
     * @param here the snapshots of this replica
     * @param isAsked whether the session is about a branch
     * @param believed called once nothing speaks against it, with the remote's snapshots if they had to be listed; empty if not
     * @throws RemoteException.Refused if it is another repository
     * @throws RemoteException.RolledBack if it is less than was seen before, or else
     */
    void at(
            Response.RepositoryInfo info,
            History here,
            Predicate<String> isAsked,
            Consumer<Map<ObjectId, RetainedSnapshot>> believed) {
        ObjectStore store = replica.store();
        RollbackWatch watch = replica.watch();
        watch.repository(info.repository());
        requireSame(info.repository(), store.repositoryId());
        watch.log(info.log());
        watch.configuration(replica.checks().signedRevision(info.configuration()));
        List<Branch> undecided = watch.branches(info.branches(), here, isAsked);
        if (undecided.isEmpty()) {
            believed.accept(Map.of());
        } else {
            // Notes tell of what was forgotten between: the remote does not list it.
            notes.receive(
                    info.notes(),
                    () -> SnapshotListing.ask(exchange, snapshots -> {
                        watch.listed(undecided, new History(snapshots.values(), History.forgotten(store)));
                        believed.accept(snapshots);
                    }));
        }
    }

    /** Makes sure that a remote has the repository that is here. */
    static void requireSame(RepositoryId there, RepositoryId here) {
        if (!there.equals(here)) {
            throw new RemoteException.Refused(
                    "the remote has repository %s, this is repository %s".formatted(there, here),
                    "Choose another repository name in the remote's URL.");
        }
    }
}
