package dev.cairn.cas.memory;

import dev.cairn.cas.Note;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.SnapshotNotes;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The notes of a store on the heap, by snapshot. Guarded by its store. */
final class InMemoryNotes {

    private static final SnapshotNotes NONE = SnapshotNotes.of(List.of());

    private final TreeMap<ObjectId, SnapshotNotes> bySnapshot = new TreeMap<>();
    private int count;

    SnapshotNotes of(ObjectId snapshot) {
        return bySnapshot.getOrDefault(snapshot, NONE);
    }

    /** Takes over what the notes about a snapshot came to; false if there is no room. */
    boolean put(ObjectId snapshot, SnapshotNotes notes) {
        int more = notes.notes().size() - of(snapshot).notes().size();
        if (more > 0 && (notes.notes().size() > Note.NOTES_PER_SNAPSHOT_MAX || count >= Note.NOTES_MAX)) {
            return false;
        }
        bySnapshot.put(snapshot, notes);
        count += more;
        return true;
    }

    List<Note> after(byte @Nullable [] key, int max) {
        return bySnapshot.values().stream()
                .flatMap(notes -> notes.notes().stream())
                .filter(note -> key == null || Arrays.compareUnsigned(note.key(), key) > 0)
                .limit(max)
                .toList();
    }
}
