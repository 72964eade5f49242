package dev.cairn.cas;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A replica of a repository: sealed records, an index from object ids to the records that provide them, branches, and the
 * list of retained snapshots. Works without any key.
 *
 * <h2>Promises</h2>
 *
 * <ul>
 *   <li><b>Closure.</b> If a node or a snapshot is in the index, everything it reaches is, delta bases included. Checked
 *       inside the write transaction.
 *   <li><b>Durability.</b> What {@link #commit}, a completed {@link #submit} or {@link #move} reported survives a crash.
 *   <li><b>Idempotence.</b> Committing a record again, or moving with the same operation again, changes nothing.
 *   <li><b>Honesty.</b> {@link #read} gives bytes with the digest that was stored, or fails and names the place.
 * </ul>
 *
 * <p>Threading: all methods may be called from any thread. They block on I/O; never call them from an event loop.
 */
public interface ObjectStore extends AutoCloseable, ChildSource {

    /** The most bytes of records that one {@link #commit} takes. */
    long COMMIT_BYTES_MAX = 64L << 20;

    /**
     * Checks the size of one submission.
     *
     * @throws IllegalArgumentException if there are more than {@link #COMMIT_BYTES_MAX} bytes, or one record is too large
     */
    static void requireCommitBytes(List<SealedRecord> records) {
        long bytes = 0;
        for (SealedRecord record : records) {
            int length = record.bytes().length;
            if (length == 0 || length > RecordHeader.RECORD_BYTES_MAX) {
                throw new IllegalArgumentException(
                        "a record has 1 to %d bytes, not %d".formatted(RecordHeader.RECORD_BYTES_MAX, length));
            }
            bytes += length;
        }
        if (bytes > COMMIT_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a commit takes %d bytes of records, not %d".formatted(COMMIT_BYTES_MAX, bytes));
        }
    }

    /** The repository that this is a replica of. */
    RepositoryId repositoryId();

    /** Whether {@code id} need not be brought: the index has it, with a provider of which no damage is {@link #note noted}. */
    boolean has(ObjectId id);

    /** Those of {@code ids} that the store does not {@link #has have}, in their order, each once. */
    List<ObjectId> missing(Collection<ObjectId> ids);

    /**
     * Who provides {@code id}, the best first, those of which damage is noted last; empty if the index lacks it.
     */
    List<RecordRef> providers(ObjectId id);

    /**
     * Reads the record that {@code ref} names and checks its digest.
     *
     * @throws CorruptDataException if it is not there whole and unchanged
     */
    SealedRecord read(RecordRef ref);

    /**
     * As {@link #read}, for whoever opens the record with the key right away: its digest need not be compared. The tag of its
     * seal covers every byte, so that the digest would say the same once more, for a third of the cost. Where it does not open,
     * {@link #read} says whether it was altered, and in which place.
     *
     * @throws CorruptDataException if it is not there, or its header cannot be read
     */
    default SealedRecord readToOpen(RecordRef ref) {
        return read(ref);
    }

    /** How many deltas lie upon one another in the deepest provider of {@code id}; 0 if none does, or the index lacks it. */
    int depth(ObjectId id);

    /** As {@link #submit}, waiting for the outcome. */
    CommitReceipt commit(List<SealedRecord> records);

    /**
     * Stores records in their order, all or none. Children and bases must be in the index or come earlier in the list. A
     * record all of whose objects are provided already is not stored again. One that provides something new is stored, and
     * becomes a further provider of its other objects too, unless it is a delta deeper than what they have ({@link
     * Admission}).
     *
     * <p>Small submissions are gathered into one transaction. The future completes once the records are durable, or fails
     * with a {@link StoreException}: {@link MissingObjectsException}, {@link StoreFullException}, {@link
     * CorruptDataException} where a header contradicts what the store knows.
     *
     * @throws IllegalArgumentException if there are more than {@link #COMMIT_BYTES_MAX} bytes
     */
    CompletableFuture<CommitReceipt> submit(List<SealedRecord> records);

    /**
     * As {@link #submit}, of some of many records that come one after the other: may wait longer, for a larger transaction.
     * Whoever has brought the last calls {@link #commit} with it, or with nothing: then all of them are stored at once.
     */
    default CompletableFuture<CommitReceipt> stream(List<SealedRecord> records) {
        return submit(records);
    }

    /**
     * As {@link #submit}, of records that nobody here can open, from peers who were told that their objects lack. Since what
     * provides them meanwhile may be nonsense, a record all of whose objects are provided already becomes a further provider,
     * unless this very record is one, or they have {@value Admission#UPLOADER_PROVIDERS_MAX} by the same uploader or
     * {@value Admission#KEPT_PROVIDERS_MAX} in all; even if it contradicts the type of what was there ({@link
     * Admission.Repeats#KEPT}).
     *
     * @param uploader who sent them, the same number each time, above 0; 0 if that is not known
     */
    CompletableFuture<CommitReceipt> submitUnverified(List<SealedRecord> records, int uploader);

    /**
     * What a commit did.
     *
     * @param recordsStored records that were new
     * @param bytesStored their bytes
     * @param objectsNew objects that the index lacked before
     */
    record CommitReceipt(int recordsStored, long bytesStored, int objectsNew) {}

    /**
     * As {@link #commit}, and adds another provider where all objects of a record are provided already: the way to mend an
     * object whose providers are damaged. Nothing is stored where the very same record is there and reads back whole.
     * Providers that fail their digest, or are noted as of no use, are dropped for the objects that get a new one, or have
     * one in a record that is handed in although it is there.
     */
    CommitReceipt heal(List<SealedRecord> records);

    /**
     * Notes what was found of records, durably. Closure stays: the index goes on to name a damaged record and all that refers
     * to what it provides. But readers take other providers first, and an object that has no other counts as one that the
     * store does not {@link #has have}: so whoever has it brings it again, and it gets a further provider by an ordinary
     * commit. A record that no object names any more loses its note, and what is found of one that is gone is passed over.
     *
     * <p>Notes are local, and lost when the index is rebuilt, which leaves damaged records out.
     */
    void note(List<RecordFinding> findings);

    /** The records of which damage is noted, ascending. */
    List<RecordFinding> noted();

    /** How many they are; costs one read. */
    default long notedCount() {
        return noted().size();
    }

    /**
     * As {@link #commit}, and makes each record the only provider of its objects, in the transaction that stores it. What
     * provided them is let go: a record that provides nothing any more leaves the index, its bytes stay until a collection.
     * Nothing is stored where the very same record is the only provider already.
     *
     * <p>For whoever verified that the new records open: what they replace is not looked at.
     *
     * @throws CorruptDataException if a record is of another type or deeper than what it would replace
     */
    CommitReceipt replace(List<SealedRecord> records);

    /**
     * The records of one epoch of seal keys.
     *
     * @param records how many
     * @param bytes of all of them, as stored
     */
    record EpochUse(long records, long bytes) {}

    /** What each epoch has, lowest first; epochs without records are left out. One pass over the rows of all records. */
    SortedMap<Integer, EpochUse> epochs();

    /**
     * Says which epochs are closed, instead of those that were until now. From then on every record of one of them is refused,
     * whichever process submits it: who seals under a key that is destroyed must not be told that his data is safe. Decided in
     * one transaction with the look for records, and durable when it returns. Local to this replica, and not rebuilt with an index:
     * it is there for processes that opened the repository before.
     *
     * @return false, with nothing changed, if there is a record of one of them
     */
    boolean closeEpochs(Set<Integer> epochs);

    /**
     * Shows every record of these kinds that {@code visitor} wants to it, in disk order, in bounded memory. What other threads and
     * processes commit meanwhile may or may not be seen. No transaction is held while the visitor runs.
     */
    default void forEachRecord(Set<RecordKind> kinds, RecordVisitor visitor) {
        forEachRecord(kinds, epoch -> true, visitor);
    }

    /** As {@link #forEachRecord(Set, RecordVisitor)}, of some epochs only. The bytes of others are not read. */
    void forEachRecord(Set<RecordKind> kinds, IntPredicate epochs, RecordVisitor visitor);

    /** Shows every id of the index to {@code visitor}, under the same rules as {@link #forEachRecord}. */
    void forEachObject(ObjectVisitor visitor);

    /**
     * Shows every volume and every record to {@code visitor}, with its kind and length, under the same rules as {@link
     * #forEachRecord} but without reading any record. A store without volumes has one, of number 0.
     */
    default void forEachPlace(PlaceVisitor visitor) {
        visitor.volume(0, 0);
        forEachRecord(EnumSet.allOf(RecordKind.class), new RecordVisitor() {
            @Override
            public void record(long sequence, SealedRecord record) {
                visitor.record(sequence, record.header().kind(), 0, record.bytes().length);
            }

            @Override
            public void damaged(long sequence, CorruptDataException damage) {
                visitor.damaged(damage);
            }
        });
    }

    /** The branch of that name. */
    Optional<Branch> branch(String name);

    /** All branches, sorted by name. */
    List<Branch> branches();

    /**
     * Moves, makes or deletes a branch by compare-and-set. Durable when it returns.
     *
     * @throws MissingObjectsException if the target or a retained snapshot is not in the index
     */
    BranchMove.Outcome move(BranchMove move);

    /** The retained snapshots, oldest sequence first. */
    List<RetainedSnapshot> snapshots();

    /**
     * Adds notes about snapshots, whether or not they are here. Durable when it returns. Adding one again, or one that others
     * are later than, changes nothing.
     *
     * <p>In the same transaction a snapshot that is forgotten by them ({@link SnapshotNotes#isForgotten}) goes off the list of
     * retained ones, unless a branch points at it: then it goes as soon as none does. It never comes back by a {@link #move}
     * that names it among others. One that is forgotten no longer comes back, if the index still has it.
     *
     * @param notes at most {@value #NOTES_MAX}; whoever calls has checked whose they are
     */
    NoteReceipt annotate(List<Note> notes);

    /** The most notes that one {@link #annotate} takes. */
    int NOTES_MAX = 4096;

    /**
     * What became of notes.
     *
     * @param added how many said something new
     * @param leftOut how many found no room: {@link Note#NOTES_PER_SNAPSHOT_MAX}, {@link Note#NOTES_MAX}
     */
    record NoteReceipt(int added, int leftOut) {}

    /** Checks the size of one {@link #annotate}. */
    static List<Note> requireNotes(List<Note> notes) {
        if (notes.size() > NOTES_MAX) {
            throw new IllegalArgumentException("%d notes at once, more than %d".formatted(notes.size(), NOTES_MAX));
        }
        return List.copyOf(notes);
    }

    /** The notes about one snapshot. One short read of the index. */
    SnapshotNotes notes(ObjectId snapshot);

    /**
     * The first {@code max} notes whose {@link Note#key} is above {@code key}, in order; fewer only where there are no more. An
     * id is below the keys of all notes about it.
     *
     * @param key null begins at the first
     */
    List<Note> notesAfter(byte @Nullable [] key, int max);

    /** The public configuration, empty in a store that was just made. */
    Optional<StoredConfiguration> configuration();

    /**
     * Replaces the configuration if its revision is {@code expectedRevision} (0 where there is none yet). Durable when it
     * returns. Repeating the change that was made last is answered with true again.
     *
     * @return whether it was replaced; false means that somebody else changed it
     */
    boolean configure(long expectedRevision, byte[] bytes);

    /**
     * Begins a session: this store as somebody sees it who asks first and stores later. Until it is closed, nothing is collected
     * that it was told is there, or that it stored. Calls without a session are not protected so: between a question and a commit
     * what is unreachable may go, and the commit is refused with what it then lacks.
     *
     * <p>Sees what is condemned before it began as absent, and brings it again. Ends when it is closed, or with its process. A
     * replica that cannot be written, or has no room left, gives one that protects nothing: it sees what a call without a session
     * sees.
     *
     * @param where what it is for, for people who wait for its end
     */
    ObjectStore session(String where);

    /**
     * Begins, or goes on with, a collection.
     *
     * @throws StoreBusyException if another one is under way
     */
    Collectable collectable();

    /** A table local to this replica. Names are fixed in code; at most 8 tables. */
    LocalTable local(String name);

    /** Sizes and counts, cheap to get. */
    StoreStats stats();

    /** Waits for what was submitted, then gives everything back. Idempotent. */
    @Override
    void close();
}
