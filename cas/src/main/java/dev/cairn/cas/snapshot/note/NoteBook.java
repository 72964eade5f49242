package dev.cairn.cas.snapshot.note;

import dev.cairn.cas.Note;
import dev.cairn.cas.NoteKind;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.SnapshotNotes;
import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.seal.ReplicaIdentity;
import dev.cairn.cas.snapshot.SnapshotRecord;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * The notes of a repository for a holder of its key: says what is forgotten, pinned and tagged, and reads it. What is said is
 * durable when a method returns, and goes to other replicas by push and pull.
 */
public final class NoteBook {

    private final ObjectStore store;
    private final NoteCodec codec;
    private final Supplier<ReplicaIdentity> author;
    private final InstantSource clock;

    /**
     * @param author who signs; asked for only when something is said
     * @param clock of the wall
     */
    public NoteBook(ObjectStore store, NoteCodec codec, Supplier<ReplicaIdentity> author, InstantSource clock) {
        this.store = store;
        this.codec = codec;
        this.author = author;
        this.clock = clock;
    }

    /**
     * What holds of a snapshot now.
     *
     * @param tags those that it was made with and those added, without those removed, sorted
     */
    public record Marks(boolean isPinned, List<String> tags) {
        public Marks {
            tags = List.copyOf(tags);
        }
    }

    /** What holds of a snapshot now. */
    public Marks marks(SnapshotRecord snapshot) {
        SnapshotNotes notes = store.notes(snapshot.id());
        TreeSet<String> tags = new TreeSet<>(snapshot.description().tags());
        for (Note note : notes.tags()) {
            String tag = codec.tag(note, "a note about snapshot " + snapshot.id());
            if (note.kind() == NoteKind.TAG) {
                tags.add(tag);
            } else {
                tags.remove(tag);
            }
        }
        return new Marks(notes.isPinned(), List.copyOf(tags));
    }

    /** Forgets snapshots, in as many transactions as it takes. Whoever calls has looked for pins. */
    public void forget(List<RetainedSnapshot> snapshots) {
        List<Note> notes = new ArrayList<>();
        for (RetainedSnapshot snapshot : snapshots) {
            notes.add(codec.forget(author.get(), snapshot, next(snapshot.snapshot())));
            if (notes.size() == ObjectStore.NOTES_MAX) {
                put(notes);
                notes.clear();
            }
        }
        put(notes);
    }

    /** Pins a snapshot, or removes its pin. */
    public void pin(ObjectId snapshot, boolean pinned) {
        put(List.of(codec.pin(author.get(), snapshot, pinned, next(snapshot))));
    }

    /**
     * Adds tags to a snapshot, or removes them.
     *
     * @throws IllegalArgumentException if a tag is empty or too long
     */
    public void tag(ObjectId snapshot, List<String> tags, boolean tagged) {
        long clock = next(snapshot);
        List<Note> notes = new ArrayList<>();
        for (String tag : new TreeSet<>(tags)) {
            notes.add(codec.tag(author.get(), snapshot, tag, tagged, clock));
        }
        put(notes);
    }

    private long next(ObjectId snapshot) {
        return store.notes(snapshot).nextClock(clock.millis());
    }

    private void put(List<Note> notes) {
        if (!notes.isEmpty() && store.annotate(notes).leftOut() > 0) {
            throw new StoreAccessException(
                    "there is no room for more notes: a repository has at most %,d, a snapshot %,d"
                            .formatted(Note.NOTES_MAX, Note.NOTES_PER_SNAPSHOT_MAX),
                    "Tags count as well, removed ones too.",
                    null);
        }
    }
}
