package dev.cairn.cas.lmdb;

import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.CollectionState;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.Note;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.OperationId;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.SnapshotNotes;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.cas.VersionMismatchException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The rows of the index as values, in one state of it. As short-lived as its {@link ReadView}. */
class IndexView {

    /** Version of the whole index's layout. */
    static final int FORMAT = 1;

    private static final byte[] REPOSITORY = "repository".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CONFIGURATION = "configuration".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CLOSED_EPOCHS = "closed-epochs".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DROPPED = "dropped".getBytes(StandardCharsets.US_ASCII);
    private static final String LOCAL_PREFIX = "local:";

    private final ReadView view;

    IndexView(ReadView view) {
        this.view = view;
    }

    /** The repository, or null in an index whose creation was cut short. */
    @Nullable
    RepositoryId repository() {
        ByteBuffer row = view.get(Table.META, REPOSITORY);
        if (row == null) {
            return null;
        }
        ByteBuffer value = RowCheck.open(Table.META, REPOSITORY, row);
        int format = value.remaining() < 2 ? 0 : Short.toUnsignedInt(value.getShort());
        if (format != FORMAT) {
            throw new VersionMismatchException("index", FORMAT, format);
        }
        byte[] id = new byte[RepositoryId.BYTES];
        if (value.remaining() != id.length) {
            throw RowCheck.damaged(Table.META, REPOSITORY, "a repository id", value.remaining() + " bytes");
        }
        value.get(id);
        return RepositoryId.of(id);
    }

    static byte[] repositoryKey() {
        return REPOSITORY.clone();
    }

    static byte[] encode(RepositoryId repository) {
        ByteBuffer value = ByteBuffer.allocate(2 + RepositoryId.BYTES);
        return RowCheck.seal(
                Table.META, REPOSITORY, value.putShort((short) FORMAT).put(repository.bytes()));
    }

    Mark mark() {
        ByteBuffer row = view.get(Table.META, Mark.key());
        return row == null ? Mark.START : Mark.decode(row);
    }

    @Nullable
    ObjectRow object(ObjectId id) {
        byte[] key = id.bytes();
        ByteBuffer row = view.get(Table.OBJECTS, key);
        return row == null ? null : ObjectRow.decode(key, row);
    }

    /**
     * Whether there is a row of {@code id} that a session of {@code epoch} may rely on, with a provider that has no note of damage.
     * Looks into it only where there are notes.
     */
    boolean has(ObjectId id, long epoch, DamageNotes notes) {
        byte[] key = id.bytes();
        ByteBuffer row = view.get(Table.OBJECTS, key);
        return row != null && (notes.isEmpty() || ObjectRow.decode(key, row).isSound(notes)) && !isHidden(id, epoch);
    }

    /** What is noted of damaged records, in this state of the index. */
    DamageNotes damage() {
        return new DamageNotes(view, local(DamageNotes.TABLE));
    }

    private boolean isHidden(ObjectId id, long epoch) {
        return view.entries(Table.CONDEMNED) > 0 && collection().hides(epoch) && isListed(id);
    }

    /** Whether {@code id} is on the list of condemned ids, whatever that means now. */
    boolean isListed(ObjectId id) {
        return view.get(Table.CONDEMNED, id.bytes()) != null;
    }

    long entries(Table table) {
        return view.entries(table);
    }

    /** Numbers of volumes that were given up, and whose files may still be there. */
    List<Integer> dropped() {
        ByteBuffer row = view.get(Table.META, DROPPED);
        List<Integer> volumes = new ArrayList<>();
        if (row != null) {
            ByteBuffer value = RowCheck.open(Table.META, DROPPED, row);
            while (value.remaining() >= 4) {
                volumes.add(value.getInt());
            }
        }
        return volumes;
    }

    static byte[] droppedKey() {
        return DROPPED.clone();
    }

    CollectionState collection() {
        ByteBuffer row = view.get(Table.META, CollectionRow.key());
        return row == null ? CollectionState.START : CollectionRow.decode(row);
    }

    /** The first ids of a table of ids. */
    List<ObjectId> ids(Table table, int max) {
        List<ObjectId> ids = new ArrayList<>();
        view.scan(table, null, (key, value) -> {
            ids.add(ObjectId.of(bytes(key)));
            return ids.size() < max;
        });
        return ids;
    }

    @Nullable
    RecordRow record(long sequence) {
        byte[] key = RecordRow.key(sequence);
        ByteBuffer row = view.get(Table.RECORDS, key);
        return row == null ? null : RecordRow.decode(key, row);
    }

    /** Whether there is a row of a record; does not look into it. */
    boolean has(long sequence) {
        return view.get(Table.RECORDS, RecordRow.key(sequence)) != null;
    }

    @Nullable
    VolumeRow volume(int volume) {
        byte[] key = VolumeRow.key(volume);
        ByteBuffer row = view.get(Table.VOLUMES, key);
        return row == null ? null : VolumeRow.decode(key, row);
    }

    /** Numbers of all volumes, ascending. */
    List<Integer> volumes() {
        List<Integer> volumes = new ArrayList<>();
        view.scan(Table.VOLUMES, null, (key, value) -> {
            if (key.remaining() != 4) {
                throw new CorruptDataException("index, table volumes", "a number", key.remaining() + " bytes");
            }
            return volumes.add(key.getInt(key.position()));
        });
        return volumes;
    }

    @Nullable
    Branch branch(String name) {
        byte[] key = BranchRows.branchKey(name);
        ByteBuffer row = view.get(Table.BRANCHES, key);
        return row == null ? null : BranchRows.decodeBranch(key, row);
    }

    List<Branch> branches() {
        List<Branch> branches = new ArrayList<>();
        view.scan(Table.BRANCHES, null, (key, value) -> branches.add(BranchRows.decodeBranch(bytes(key), value)));
        return branches;
    }

    BranchMove.@Nullable Outcome operation(OperationId operation) {
        byte[] key = BranchRows.operationKey(operation);
        ByteBuffer row = view.get(Table.OPERATIONS, key);
        return row == null ? null : BranchRows.decodeOutcome(key, row);
    }

    boolean isRetained(ObjectId snapshot) {
        return view.get(Table.SNAPSHOTS, snapshot.bytes()) != null;
    }

    List<RetainedSnapshot> snapshots() {
        List<RetainedSnapshot> snapshots = new ArrayList<>();
        view.scan(Table.SNAPSHOTS, null, (key, value) -> snapshots.add(BranchRows.decodeSnapshot(bytes(key), value)));
        snapshots.sort(RetainedSnapshot.OLDEST_FIRST);
        return snapshots;
    }

    SnapshotNotes notes(ObjectId snapshot) {
        List<Note> notes = new ArrayList<>();
        view.scan(Table.NOTES, snapshot.bytes(), (key, value) -> {
            byte[] bytes = bytes(key);
            return Retention.isOf(snapshot, bytes) && notes.add(NoteRows.decode(bytes, value));
        });
        return SnapshotNotes.of(notes);
    }

    /** As {@link dev.cairn.cas.ObjectStore#notesAfter}. */
    List<Note> notesAfter(byte @Nullable [] from, int max) {
        List<Note> notes = new ArrayList<>();
        view.scan(Table.NOTES, from, (key, value) -> {
            byte[] bytes = bytes(key);
            if (!Arrays.equals(bytes, from) && notes.size() < max) {
                notes.add(NoteRows.decode(bytes, value));
            }
            return notes.size() < max;
        });
        return notes;
    }

    long noteCount() {
        return view.entries(Table.NOTES);
    }

    @Nullable
    StoredConfiguration configuration() {
        ByteBuffer row = view.get(Table.META, CONFIGURATION);
        if (row == null) {
            return null;
        }
        ByteBuffer value = RowCheck.open(Table.META, CONFIGURATION, row);
        if (value.remaining() < 8 || value.remaining() > 8 + StoredConfiguration.BYTES_MAX || value.getLong(0) < 1) {
            throw RowCheck.damaged(Table.META, CONFIGURATION, "a configuration", value.remaining() + " bytes");
        }
        long revision = value.getLong();
        byte[] bytes = new byte[value.remaining()];
        value.get(bytes);
        return new StoredConfiguration(revision, bytes);
    }

    static byte[] configurationKey() {
        return CONFIGURATION.clone();
    }

    static byte[] encode(StoredConfiguration configuration) {
        ByteBuffer value = ByteBuffer.allocate(8 + configuration.bytes().length);
        return RowCheck.seal(
                Table.META,
                CONFIGURATION,
                value.putLong(configuration.revision()).put(configuration.bytes()));
    }

    /** Epochs of which no record is taken any more. */
    Set<Integer> closedEpochs() {
        ByteBuffer row = view.get(Table.META, CLOSED_EPOCHS);
        if (row == null) {
            return Set.of();
        }
        ByteBuffer value = RowCheck.open(Table.META, CLOSED_EPOCHS, row);
        Set<Integer> epochs = new HashSet<>();
        while (value.remaining() >= Integer.BYTES) {
            epochs.add(value.getInt());
        }
        return epochs;
    }

    static byte[] closedEpochsKey() {
        return CLOSED_EPOCHS.clone();
    }

    static byte[] encodeClosedEpochs(Set<Integer> epochs) {
        ByteBuffer value = ByteBuffer.allocate(Integer.BYTES * epochs.size());
        epochs.stream().sorted().forEach(value::putInt);
        return RowCheck.seal(Table.META, CLOSED_EPOCHS, value);
    }

    /** What each epoch has of records. */
    SortedMap<Integer, ObjectStore.EpochUse> epochs() {
        SortedMap<Integer, ObjectStore.EpochUse> epochs = new TreeMap<>();
        view.scan(Table.RECORDS, null, (key, value) -> {
            RecordRow row = RecordRow.decode(bytes(key), value);
            epochs.merge(
                    row.epoch(),
                    new ObjectStore.EpochUse(1, row.length()),
                    (a, b) -> new ObjectStore.EpochUse(a.records() + b.records(), a.bytes() + b.bytes()));
            return true;
        });
        return epochs;
    }

    /** The table that holds the local rows of {@code name}, or null if none was given to it yet. */
    @Nullable
    Table local(String name) {
        byte[] key = localKey(name);
        ByteBuffer row = view.get(Table.META, key);
        if (row == null) {
            return null;
        }
        ByteBuffer value = RowCheck.open(Table.META, key, row);
        int slot = value.remaining() == 1 ? value.get() : -1;
        if (slot < 0 || slot > 7) {
            throw RowCheck.damaged(Table.META, key, "a slot", "slot " + slot);
        }
        return Table.local(slot);
    }

    static byte[] localKey(String name) {
        return (LOCAL_PREFIX + name).getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] encodeLocal(String name, int slot) {
        return RowCheck.seal(Table.META, localKey(name), ByteBuffer.allocate(1).put((byte) slot));
    }

    /** How many local tables have a name. */
    int locals() {
        int[] count = {0};
        view.scan(Table.META, LOCAL_PREFIX.getBytes(StandardCharsets.US_ASCII), (key, value) -> {
            boolean local = new String(bytes(key), StandardCharsets.US_ASCII).startsWith(LOCAL_PREFIX);
            count[0] += local ? 1 : 0;
            return local;
        });
        return count[0];
    }

    /** A copy of what {@code buffer} holds. */
    static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(buffer.position(), bytes);
        return bytes;
    }
}
