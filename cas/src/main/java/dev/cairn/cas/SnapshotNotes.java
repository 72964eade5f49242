package dev.cairn.cas;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the notes about one snapshot come to. Of each author the latest counts, of all authors the latest of these ({@link
 * Note#ORDER}): so the same notes give the same answer, in whatever order and however often they came.
 *
 * <p>A snapshot is <b>forgotten</b> if it has a FORGET that no PIN is later than, <b>pinned</b> if it has a PIN that no UNPIN
 * and no FORGET is later than. Notes about tags are dropped while it is forgotten.
 *
 * <p>A conflict-free replicated type of last-writer-wins registers: Shapiro and others, "A comprehensive study of Convergent
 * and Commutative Replicated Data Types", 2011. Immutable.
 */
public final class SnapshotNotes {

    private static final Comparator<ByteBuffer> KEYS = (a, b) -> a.compareTo(b);

    private final List<Note> notes;

    private SnapshotNotes(List<Note> notes) {
        this.notes = notes;
    }

    /** The notes of one snapshot, in any order. */
    public static SnapshotNotes of(List<Note> notes) {
        return new SnapshotNotes(normal(notes));
    }

    private static List<Note> normal(List<Note> all) {
        Map<ByteBuffer, Note> latest = new TreeMap<>(KEYS);
        for (Note note : all) {
            latest.merge(ByteBuffer.wrap(note.key()), note, SnapshotNotes::later);
        }
        List<Note> kept = new ArrayList<>(latest.values());
        if (isLater(latest(kept, NoteKind.FORGET), latest(kept, NoteKind.PIN))) {
            kept.removeIf(note -> note.kind().group() == NoteKind.TAG.group());
        }
        return List.copyOf(kept);
    }

    /** Whether there is a {@code note} and it is later than {@code other}, if there is that. */
    private static boolean isLater(@Nullable Note note, @Nullable Note other) {
        return note != null && (other == null || Note.ORDER.compare(note, other) > 0);
    }

    private static Note later(Note held, Note other) {
        return Note.ORDER.compare(held, other) >= 0 ? held : other;
    }

    private static @Nullable Note latest(List<Note> notes, NoteKind kind) {
        return notes.stream()
                .filter(note -> note.kind() == kind)
                .max(Note.ORDER)
                .orElse(null);
    }

    /** These and {@code added}; may be equal to these, where it says nothing new. */
    public SnapshotNotes with(Note added) {
        List<Note> all = new ArrayList<>(notes);
        all.add(added);
        return of(all);
    }

    /** What is kept, in the order of {@link Note#key}. */
    public List<Note> notes() {
        return notes;
    }

    public boolean isForgotten() {
        return isLater(latest(notes, NoteKind.FORGET), latest(notes, NoteKind.PIN));
    }

    /** The note that made the snapshot forgotten, if it is. */
    public Optional<Note> forgetting() {
        return isForgotten() ? Optional.ofNullable(latest(notes, NoteKind.FORGET)) : Optional.empty();
    }

    public boolean isPinned() {
        return !isForgotten() && isLater(latest(notes, NoteKind.PIN), latest(notes, NoteKind.UNPIN));
    }

    /** For each tag that was ever added or removed the note that holds, in the order of their subjects. */
    public List<Note> tags() {
        Map<ByteBuffer, Note> latest = new TreeMap<>(KEYS);
        notes.stream()
                .filter(note -> note.kind() == NoteKind.TAG || note.kind() == NoteKind.UNTAG)
                .forEach(note -> latest.merge(ByteBuffer.wrap(note.subject()), note, SnapshotNotes::later));
        return List.copyOf(latest.values());
    }

    /**
     * The clock for the next note about this snapshot: the time, or one more than every clock here where that is not later.
     *
     * @throws IllegalStateException if a note here stands at the end of time
     */
    public long nextClock(long millis) {
        long next = Math.clamp(millis, 0, (1L << 46) - 1) << 16;
        for (Note note : notes) {
            next = Math.max(next, note.clock() + 1);
        }
        if (next > Note.CLOCK_MAX) {
            throw new IllegalStateException("a note has the highest clock; nothing can be said after it");
        }
        return next;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SnapshotNotes same && notes.equals(same.notes);
    }

    @Override
    public int hashCode() {
        return notes.hashCode();
    }

    @Override
    public String toString() {
        return notes.toString();
    }
}
