package dev.cairn.replicator.protocol;

import dev.cairn.cas.BranchMove;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.RetainedSnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a client asks of a server's repository. Lists and arrays must not be changed. */
public sealed interface Request {

    /** Where it is sent. */
    Route route();

    /** Repository id, configuration, branches. Answered by {@link Response.RepositoryInfo}. */
    record Describe() implements Request {
        @Override
        public Route route() {
            return Route.INFO;
        }
    }

    /**
     * Is the repository still as {@code believed}? Answered by {@link Response.Unchanged} or {@link Response.RepositoryInfo}.
     */
    record Compare(RemoteState believed) implements Request {
        @Override
        public Route route() {
            return Route.STATE;
        }
    }

    /** All retained snapshots. Answered by a stream of {@link Response.SnapshotList}. */
    record Snapshots() implements Request {
        @Override
        public Route route() {
            return Route.SNAPSHOTS;
        }
    }

    /** Make the repository. Answered by {@link Response.RepositoryInfo}. */
    record Create(RepositoryId repository, byte[] configuration) implements Request {
        @Override
        public Route route() {
            return Route.CREATE;
        }
    }

    /** Replace the configuration by compare-and-set. Answered by {@link Response.Configured}. */
    record Configure(long expectedRevision, byte[] content) implements Request {
        @Override
        public Route route() {
            return Route.CONFIGURATION;
        }
    }

    /** Which of these lack? Answered by {@link Response.MissingIds}. */
    record Missing(List<ObjectId> ids, PushId push) implements Request {
        @Override
        public Route route() {
            return Route.MISSING;
        }
    }

    /**
     * Store records, all or none. Answered by {@link Response.BatchStored}.
     *
     * @param replaces whether each takes the place of all that provides its objects, rather than a place beside it
     * @param onlyIf where nothing was asked first: nothing is done in a repository that is not so; else null
     * @param last the move that ends the push, done once the records are durable; null if there is none yet. Where the branch is not
     *     at the snapshot expected, nothing is stored
     */
    record Batch(
            PushId push,
            long number,
            List<Upload> records,
            boolean replaces,
            @Nullable Precondition onlyIf,
            @Nullable Move last)
            implements Request {

        /** Records alone, beside what there is. */
        public Batch(PushId push, long number, List<Upload> records) {
            this(push, number, records, false, null, null);
        }

        @Override
        public Route route() {
            return Route.BATCH;
        }

        /** The bytes of all records. */
        public long recordBytes() {
            return records.stream().mapToLong(upload -> upload.record().length).sum();
        }
    }

    /**
     * What a repository must be for anything to be done.
     *
     * @param configurationRevisionMin the least number of changes of its configuration, as the server counts
     */
    record Precondition(RepositoryId repository, long configurationRevisionMin) {}

    /**
     * A record on its way to a server.
     *
     * @param digest SHA-256 of the record
     */
    record Upload(byte[] record, byte[] digest) {}

    /**
     * Move a branch. Answered by {@link Response.Moved}.
     *
     * @param push the push that ends with this move, or null
     * @param bridges snapshots that the client has forgotten and that connect the target with where the branch is: without roots
     */
    record Move(BranchMove move, @Nullable PushId push, List<RetainedSnapshot> bridges) implements Request {
        /** Nothing lies between that was forgotten. */
        public Move(BranchMove move, @Nullable PushId push) {
            this(move, push, List.of());
        }

        @Override
        public Route route() {
            return Route.MOVE;
        }
    }

    /**
     * What do {@code want} reach that {@code have} do not? Answered by a stream of {@link Response.DiffRecord}.
     *
     * @param skip how many records of the answer to leave out
     * @param refused records that the client could not open: other providers are wanted
     * @param through whether retained ancestors of {@code want} are wanted too, as far as {@code have} does not reach them
     */
    record Diff(List<ObjectId> want, List<ObjectId> have, long skip, List<RecordDigest> refused, boolean through)
            implements Request {
        /** Nothing is refused, and nothing else wanted. */
        public Diff(List<ObjectId> want, List<ObjectId> have, long skip) {
            this(want, have, skip, List.of(), false);
        }

        @Override
        public Route route() {
            return Route.DIFF;
        }
    }

    /**
     * Records that provide these. Answered by a stream of {@link Response.FetchedRecord}.
     *
     * @param refused records that the client could not open: other providers are wanted
     */
    record Fetch(List<ObjectId> ids, List<RecordDigest> refused) implements Request {
        /** Nothing is refused. */
        public Fetch(List<ObjectId> ids) {
            this(ids, List.of());
        }

        @Override
        public Route route() {
            return Route.FETCH;
        }
    }

    /**
     * Which notes does the server have where digests differ? Answered by a stream of {@link Response.NoteList}.
     *
     * @param digests of the client's notes, by the first bits of their snapshots' ids: a power of two of them
     */
    record Notes(List<NoteDigest> digests) implements Request {
        @Override
        public Route route() {
            return Route.NOTES;
        }
    }

    /** Keep these notes. Answered by {@link Response.Annotated}. */
    record Annotate(List<byte[]> notes) implements Request {
        @Override
        public Route route() {
            return Route.ANNOTATE;
        }
    }
}
