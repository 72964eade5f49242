package dev.cairn.replicator;

import dev.cairn.cas.Note;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.seal.Sealer;
import java.util.OptionalLong;

/**
 * The local side of a push or a pull: a store, the keys to it, and what a holder of the keys can check.
 *
 * @param store the replica's records
 * @param sealer opens and seals them
 * @param objects reads the replica's objects: what deltas build on
 * @param checks what is verified before anything that came from a peer is kept
 * @param watch compares what the remote shows with what was seen there before
 */
public record Replica(ObjectStore store, Sealer sealer, ObjectSource objects, Checks checks, RollbackWatch watch) {

    /** A replica that has never seen the remote. */
    public Replica(ObjectStore store, Sealer sealer, ObjectSource objects, Checks checks) {
        this(store, sealer, objects, checks, RollbackWatch.ofNothing());
    }

    /**
     * An open repository as replication sees it, which checks all that comes under its keys. Reads nothing yet. The repository
     * stays open for as long as this is used, by one session at a time.
     */
    public static Replica of(Repository repository) {
        return new Replica(
                repository.store(), repository.sealer(), repository.objects(), new RepositoryChecks(repository));
    }

    /** The same replica, before a remote that {@code watch} knows. */
    public Replica watching(RollbackWatch watch) {
        return new Replica(store, sealer, objects, checks, watch);
    }

    /** The same replica, for a session that changes nothing: a configuration of the remote is checked, and not taken in. */
    Replica rehearsing() {
        Checks actual = checks;
        Checks unchanging = new Checks() {
            @Override
            public void page(ObjectId id, PlainObject page) {
                actual.page(id, page);
            }

            @Override
            public void snapshot(ObjectId id, PlainObject snapshot, SealedRecord record) {
                actual.snapshot(id, snapshot, record);
            }

            @Override
            public void note(Note note) {
                actual.note(note);
            }

            @Override
            public OptionalLong signedRevision(StoredConfiguration configuration) {
                return actual.signedRevision(configuration);
            }

            @Override
            public void adopt(StoredConfiguration theirs) {}

            @Override
            public void requireReadable(StoredConfiguration theirs) {
                actual.requireReadable(theirs);
            }
        };
        return new Replica(store, sealer, objects, unchanging, watch);
    }

    /** What only a holder of the keys can verify, and what the replicator itself knows nothing of. */
    public interface Checks {

        /**
         * Checks that a page's body is a manifest's page as it must be: names, order, counts. Its id was verified before.
         *
         * @throws dev.cairn.cas.CorruptDataException if it is not
         */
        void page(ObjectId id, PlainObject page);

        /**
         * Checks the signature and the certificate of a snapshot. Its id was verified before, and everything it reaches is in
         * the store.
         *
         * @throws dev.cairn.cas.CorruptDataException if it is not signed by a replica of this repository
         */
        void snapshot(ObjectId id, PlainObject snapshot, SealedRecord record);

        /**
         * Checks that a replica of this repository signed a note, and that what is sealed in it opens.
         *
         * @throws dev.cairn.cas.CorruptDataException if not
         */
        void note(Note note);

        /** The revision that the maker of a configuration signed; empty if no holder of the root secret made it. */
        OptionalLong signedRevision(StoredConfiguration configuration);

        /**
         * Takes in a configuration that is not the local one: what it has and the local one lacks, after checking that a holder
         * of the root secret wrote it.
         *
         * @throws dev.cairn.cas.CorruptDataException if it is not authentic
         * @throws dev.cairn.cas.StoreException if it cannot be taken in
         */
        void adopt(StoredConfiguration theirs);

        /**
         * Checks that who has only that configuration can open what is sealed here.
         *
         * @throws RemoteException.NotAllowed if not: it lacks the key of the newest epoch, and this device may not bring it
         */
        void requireReadable(StoredConfiguration theirs);
    }
}
