package dev.cairn.replicator.protocol;

import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.StoredConfiguration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One frame of what a server answers. Lists and arrays must not be changed. */
public sealed interface Response permits Problem, Response.One, Response.Part, Response.End {

    /** The only frame of an answer. */
    sealed interface One extends Response {}

    /** One frame of a stream, which further parts, an {@link End} or a {@link Problem} follow. */
    sealed interface Part extends Response {}

    /**
     * The end of a stream.
     *
     * @param count how many records or snapshots came, those that were skipped included
     */
    record End(long count) implements Response {}

    /**
     * What there is to know before a push or a pull.
     *
     * @param damagedRecords how many records the server knows to be damaged, and lacks what they alone provide
     * @param notes stands for all notes that the server has; null if it knows nothing of notes
     * @param log how far the server's log goes; null if it keeps none
     */
    record RepositoryInfo(
            RepositoryId repository,
            StoredConfiguration configuration,
            List<Branch> branches,
            Role role,
            long damagedRecords,
            @Nullable NoteDigest notes,
            @Nullable LogHead log)
            implements One {

        /** With what stands for the server's notes. */
        public RepositoryInfo withNotes(NoteDigest digest) {
            return new RepositoryInfo(repository, configuration, branches, role, damagedRecords, digest, log);
        }

        /** As a server that knows nothing of notes would say it. */
        public RepositoryInfo withoutNotes() {
            return new RepositoryInfo(repository, configuration, branches, role, damagedRecords, null, log);
        }

        /** With the head of the server's log. */
        public RepositoryInfo withLog(@Nullable LogHead head) {
            return new RepositoryInfo(repository, configuration, branches, role, damagedRecords, notes, head);
        }
    }

    /** What became of a change of the configuration. */
    record Configured(boolean replaced, StoredConfiguration configuration) implements One {}

    /** What the server lacks, in the order of the request. */
    record MissingIds(List<ObjectId> ids) implements One {}

    /** The repository is as the client took it to be. */
    record Unchanged() implements One {}

    /**
     * The batch is durable, unless its move was in conflict: then nothing of it may have been stored.
     *
     * @param outcome what became of the move that came with the batch; null if none came
     */
    record BatchStored(int recordsStored, long bytesStored, int objectsNew, BranchMove.@Nullable Outcome outcome)
            implements One {

        /** Of a batch without a move. */
        public BatchStored(int recordsStored, long bytesStored, int objectsNew) {
            this(recordsStored, bytesStored, objectsNew, null);
        }
    }

    /** What became of a move. */
    record Moved(BranchMove.Outcome outcome) implements One {}

    /**
     * Notes were kept.
     *
     * @param added how many said something new
     * @param leftOut how many found no room, or are about what the server does not have
     */
    record Annotated(int added, int leftOut) implements One {}

    /** Some notes about snapshots whose ids begin with the bits of {@code bucket}; none at all where the server has none. */
    record NoteList(int bucket, List<byte[]> notes) implements Part {}

    /** Some retained snapshots. */
    record SnapshotList(List<RetainedSnapshot> snapshots) implements Part {}

    /**
     * A record of a diff.
     *
     * @param due which of its objects are due here: places in its header, ascending, at least one
     */
    record DiffRecord(byte[] record, int[] due) implements Part {}

    /** A record that was fetched. */
    record FetchedRecord(byte[] record) implements Part {}
}
