package dev.cairn.cas.lmdb;

import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.CollectionState;
import dev.cairn.cas.LocalTable;
import dev.cairn.cas.Note;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.OperationId;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.StoredConfiguration;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rows of the index as values, inside its write transaction: sees and makes changes. */
final class IndexChange extends IndexView {

    private final WriteView view;
    private boolean changed;

    IndexChange(WriteView view) {
        super(view);
        this.view = view;
    }

    /** Whether anything was put or removed. */
    boolean isChanged() {
        return changed;
    }

    void put(Table table, byte[] key, byte[] value) {
        changed = true;
        view.put(table, key, value);
    }

    void delete(Table table, byte[] key) {
        changed = true;
        view.delete(table, key);
    }

    /** Puts rows of the local table of that name, which gets a place where it has none; an empty value removes the key. */
    void putLocal(String name, List<LocalTable.Row> rows) {
        Table table = local(name);
        if (table == null) {
            int slot = locals();
            if (slot >= LocalTable.TABLES_MAX) {
                throw new IllegalArgumentException(
                        "at most %d local tables: no room for %s".formatted(LocalTable.TABLES_MAX, name));
            }
            put(Table.META, localKey(name), encodeLocal(name, slot));
            table = Table.local(slot);
        }
        for (LocalTable.Row row : rows) {
            if (row.value().length == 0) {
                delete(table, row.key());
            } else {
                ByteBuffer value = ByteBuffer.allocate(row.value().length);
                put(table, row.key(), RowCheck.seal(table, row.key(), value.put(row.value())));
            }
        }
    }

    void put(RepositoryId repository) {
        put(Table.META, repositoryKey(), encode(repository));
    }

    void put(Mark mark) {
        put(Table.META, Mark.key(), mark.encode());
    }

    void put(ObjectId id, ObjectRow row) {
        put(Table.OBJECTS, id.bytes(), row.encode(id));
    }

    void put(long sequence, RecordRow row) {
        put(Table.RECORDS, RecordRow.key(sequence), row.encode(sequence));
    }

    void put(int volume, VolumeRow row) {
        put(Table.VOLUMES, VolumeRow.key(volume), row.encode(volume));
    }

    void put(Branch branch) {
        put(Table.BRANCHES, BranchRows.branchKey(branch.name()), BranchRows.encode(branch));
    }

    void put(OperationId operation, BranchMove.Outcome outcome) {
        put(Table.OPERATIONS, BranchRows.operationKey(operation), BranchRows.encode(operation, outcome));
    }

    void put(RetainedSnapshot snapshot) {
        put(Table.SNAPSHOTS, snapshot.snapshot().bytes(), BranchRows.encode(snapshot));
    }

    void putClosedEpochs(Set<Integer> epochs) {
        put(Table.META, closedEpochsKey(), encodeClosedEpochs(epochs));
    }

    void put(Note note) {
        put(Table.NOTES, note.key(), NoteRows.encode(note));
    }

    void delete(Note note) {
        delete(Table.NOTES, note.key());
    }

    void put(CollectionState state) {
        put(Table.META, CollectionRow.key(), CollectionRow.encode(state));
    }

    /** Puts an id on a list of ids. */
    void list(Table table, ObjectId id) {
        put(table, id.bytes(), RowCheck.seal(table, id.bytes(), ByteBuffer.allocate(0)));
    }

    /** Takes an id off a list of ids. */
    void unlist(Table table, ObjectId id) {
        delete(table, id.bytes());
    }

    /** Takes a condemned id off the list and remembers that what it needs must follow. */
    void spare(ObjectId id) {
        unlist(Table.CONDEMNED, id);
        list(Table.SPARED, id);
    }

    /**
     * Takes an object out of the index: its row, its mark as condemned, and the rows of records that provide nothing any more.
     *
     * @return bytes of these records, and how many they are
     */
    Buried bury(ObjectId id) {
        unlist(Table.CONDEMNED, id);
        ObjectRow row = object(id);
        if (row == null) {
            return new Buried(null, 0, 0);
        }
        delete(Table.OBJECTS, id.bytes());
        int records = 0;
        long bytes = 0;
        for (ObjectRow.Provider provider : row.providers()) {
            RecordRow record = record(provider.sequence());
            if (record == null) {
                continue;
            }
            if (record.live() > 1) {
                put(provider.sequence(), record.withLive(record.live() - 1));
            } else {
                deleteRecord(provider.sequence());
                records++;
                bytes += record.length();
            }
        }
        return new Buried(row, records, bytes);
    }

    /** Removes the row of a record, and what is noted of it. */
    void deleteRecord(long sequence) {
        delete(Table.RECORDS, RecordRow.key(sequence));
        damage().key(sequence).ifPresent(note -> delete(note.table(), note.key()));
    }

    /** What {@link #bury} took out. */
    record Buried(@Nullable ObjectRow row, int records, long recordBytes) {}

    /** Notes volumes that were given up; see {@link #dropped}. */
    void putDropped(java.util.Set<Integer> volumes) {
        if (volumes.isEmpty()) {
            delete(Table.META, droppedKey());
            return;
        }
        java.nio.ByteBuffer value = ByteBuffer.allocate(4 * volumes.size());
        volumes.forEach(value::putInt);
        put(Table.META, droppedKey(), RowCheck.seal(Table.META, droppedKey(), value));
    }

    /** Takes a snapshot off the list of retained ones. */
    void unretain(ObjectId snapshot) {
        delete(Table.SNAPSHOTS, snapshot.bytes());
    }

    void put(StoredConfiguration configuration) {
        put(Table.META, configurationKey(), encode(configuration));
    }
}
