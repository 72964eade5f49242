package dev.cairn.cas.lmdb;

import dev.cairn.cas.Admission;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.Note;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.SnapshotNotes;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Keeps the list of retained snapshots in step with notes and branches, inside a write transaction: what is forgotten is on it
 * only while a branch points at it.
 */
final class Retention {

    private final IndexChange index;
    private final Staging staging;

    /** What became of a note. */
    enum Taken {
        ADDED,
        NOTHING_NEW,
        NO_ROOM
    }

    Retention(IndexChange index, Staging staging) {
        this.index = index;
        this.staging = staging;
    }

    boolean isForgotten(ObjectId snapshot) {
        return index.notes(snapshot).isForgotten();
    }

    /** Adds a note, and does what follows from it. */
    Taken add(Note note) {
        SnapshotNotes before = index.notes(note.snapshot());
        SnapshotNotes after = before.with(note);
        if (after.equals(before)) {
            leave(note.snapshot(), before);
            return Taken.NOTHING_NEW;
        }
        int more = after.notes().size() - before.notes().size();
        if (more > 0 && (after.notes().size() > Note.NOTES_PER_SNAPSHOT_MAX || index.noteCount() >= Note.NOTES_MAX)) {
            return Taken.NO_ROOM;
        }
        replace(before.notes(), after.notes());
        if (before.isForgotten() && !after.isForgotten()) {
            comeBack(note.snapshot());
        }
        leave(note.snapshot(), after);
        return Taken.ADDED;
    }

    private void replace(List<Note> before, List<Note> after) {
        Set<Note> kept = new HashSet<>(after);
        before.stream().filter(note -> !kept.contains(note)).forEach(index::delete);
        Set<Note> held = new HashSet<>(before);
        after.stream().filter(note -> !held.contains(note)).forEach(index::put);
    }

    private void comeBack(ObjectId snapshot) {
        if (index.isRetained(snapshot) || !staging.isSnapshot(snapshot, Admission.Reliance.CONDEMNED_TOO)) {
            return;
        }
        staging.root(snapshot);
        try {
            index.put(staging.retained(snapshot));
        } catch (CorruptDataException _) {
            // Its record is damaged, so there is nothing to come back. What the note says holds all the same.
        }
    }

    /** A branch no longer points at {@code snapshot}: if it is forgotten, and no other branch does, it is not retained. */
    void left(ObjectId snapshot) {
        leave(snapshot, index.notes(snapshot));
    }

    private void leave(ObjectId snapshot, SnapshotNotes notes) {
        if (notes.isForgotten()
                && index.isRetained(snapshot)
                && index.branches().stream()
                        .noneMatch(branch -> branch.snapshot().equals(snapshot))) {
            index.delete(Table.SNAPSHOTS, snapshot.bytes());
        }
    }

    /** Whether a key begins with the id of {@code snapshot}. */
    static boolean isOf(ObjectId snapshot, byte[] key) {
        return Arrays.equals(snapshot.bytes(), 0, ObjectId.BYTES, key, 0, Math.min(key.length, ObjectId.BYTES));
    }
}
