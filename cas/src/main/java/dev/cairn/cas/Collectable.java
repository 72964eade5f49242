package dev.cairn.cas;

import dev.cairn.cas.CollectionState.Phase;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The steps that a collection of garbage is made of. Each that changes something is one short transaction (or several, where it
 * says so), durable when it returns, so that a collection may be killed anywhere: {@link #state} tells the next one where to go
 * on. What they come to together, and why that is safe beside writers, says {@code dev.cairn.cas.gc}.
 *
 * <p>Needs no key. For one thread; others use the store meanwhile. At most one at a time on a replica, over all processes.
 */
public interface Collectable extends AutoCloseable {

    /** The most ids that one step takes. */
    int STEP_IDS_MAX = 8192;

    /** A record that provides an object. */
    record Providing(long sequence, int ordinal, RecordKind kind) {}

    /** Sees all rows of objects. */
    @FunctionalInterface
    interface ObjectRows {
        void object(ObjectId id, List<Providing> providers);
    }

    /** Sees all rows of records. {@code volume} is 0 where a store has none. */
    @FunctionalInterface
    interface RecordRows {
        void record(long sequence, RecordKind kind, int volume, int bytes);
    }

    /** Numbers by key, on disk, for the time of a collection: what may be too large for the heap. One that is not there is 0. */
    interface Scratch extends AutoCloseable {
        int get(byte[] key);

        /** {@code value} is 0 to 127; the key has 1 to 64 bytes. */
        void put(byte[] key, int value);

        @Override
        void close();
    }

    /**
     * A volume.
     *
     * @param bytes of its file
     * @param isActive whether it is the one that is written to
     */
    record Volume(int number, long bytes, boolean isActive) {}

    /** A session that is open: {@code where} it runs, for people. */
    record OpenSession(String where) {}

    /** What a step removed. */
    record Removed(long snapshots, long pages, long chunks, long records, long recordBytes) {

        public static final Removed NOTHING = new Removed(0, 0, 0, 0, 0);

        public long objects() {
            return snapshots + pages + chunks;
        }

        public Removed plus(Removed more) {
            return new Removed(
                    snapshots + more.snapshots,
                    pages + more.pages,
                    chunks + more.chunks,
                    records + more.records,
                    recordBytes + more.recordBytes);
        }
    }

    /**
     * What became of volumes.
     *
     * @param volumes how many files were removed
     * @param bytesFreed of all files, less what copies of live records took
     * @param bytesCopied of live records
     * @param kept volumes that could not be removed, since live records in them do not read back
     */
    record Reclaimed(int volumes, long bytesFreed, long bytesCopied, List<Integer> kept) {}

    CollectionState state();

    /** How many ids are on the list of condemned ones. */
    long condemned();

    /** What everything hangs on: the retained snapshots, and the heads of branches. Each once. */
    List<ObjectId> roots();

    /** The number that the next record gets. */
    long nextSequence();

    /** An empty one. */
    Scratch scratch();

    /** Who provides {@code id}; null if the index lacks it. */
    @Nullable
    List<Providing> providers(ObjectId id);

    /**
     * The clear header of a record; null if it is gone.
     *
     * @throws CorruptDataException if it is there and does not read back
     */
    @Nullable
    RecordHeader header(long sequence);

    /**
     * Shows all objects in the order of their ids; no transaction is held while the visitor runs.
     *
     * @throws CorruptDataException if a row is damaged
     */
    void forEachObject(ObjectRows visitor);

    /** Shows all records from {@code from} on in the order of their sequences; else as {@link #forEachObject}. */
    void forEachRecord(long from, RecordRows visitor);

    /** Empties the list of condemned ids, in several transactions, and begins to gather. Only in IDLE and GATHERING. */
    void restart();

    /** Adds to the list; {@code ids} at most {@value #STEP_IDS_MAX}, ascending. Only in GATHERING. */
    void gather(List<ObjectId> ids);

    /**
     * Condemns what was gathered: the epoch grows by one. Roots of this moment are spared. Where nothing was gathered it is IDLE
     * again, and nobody need be waited for.
     *
     * @param boundary what {@link #nextSequence} was before the roots were read
     * @return the new state
     */
    CollectionState condemn(long boundary);

    /**
     * Those that are spared and were not settled yet: what they need is still condemned. At most {@value #STEP_IDS_MAX}; empty if
     * there are none.
     */
    List<ObjectId> spared();

    /**
     * Spares those of {@code needed} that are condemned: they leave the list and come among {@link #spared}.
     *
     * @param settled leave {@link #spared}, since what they need is in {@code needed}
     * @param scannedTo as {@link CollectionState#scannedTo}, if it is higher
     */
    void spare(Collection<ObjectId> needed, Collection<ObjectId> settled, long scannedTo);

    /** Open sessions that began before {@code epoch}: they may rely on what was condemned in it. */
    List<OpenSession> sessionsBefore(long epoch);

    /**
     * Turns CONDEMNED into DELETING: from here on what is condemned is gone. Whoever calls has seen that no session is older
     * than the epoch, and has afterwards looked through all records.
     *
     * @return false if something was spared meanwhile: settle it first
     */
    boolean beginDeletion();

    /** Removes up to {@code max} condemned objects. Only in DELETING; IDLE follows when none is left. */
    Removed delete(int max);

    /** The volumes, ascending; none where the store has no files. */
    List<Volume> volumes();

    /** Bytes of all records that were ever written to a volume. Reads the head of each container. */
    long writtenBytes(int volume);

    /**
     * Copies the live records of these volumes into new ones, and removes the files. In short transactions.
     *
     * @param progress hears how many bytes were copied
     */
    Reclaimed reclaim(Set<Integer> volumes, LongConsumer progress);

    /** Ends the right to collect. Idempotent. */
    @Override
    void close();

    /** Fails if a step is not for this phase. */
    static void requirePhase(CollectionState state, Set<Phase> allowed) {
        if (!allowed.contains(state.phase())) {
            throw new IllegalStateException("a collection in phase " + state.phase() + ", not " + allowed);
        }
    }
}
