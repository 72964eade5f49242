package dev.cairn.cas.lmdb;

import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.Note;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.OperationId;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.StoredConfiguration;
import java.util.Set;

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

    void deleteNote(DamageNotes.Place note) {
        delete(note.table(), note.key());
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

    void put(StoredConfiguration configuration) {
        put(Table.META, configurationKey(), encode(configuration));
    }
}
