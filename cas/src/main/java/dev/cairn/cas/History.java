package dev.cairn.cas;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who follows whom among the snapshots of one side: those retained, and those forgotten, which still connect what is before
 * them with what is after. Parents are weak: a chain ends where one is of neither kind.
 *
 * <p>Memory: about 200 bytes a snapshot. Immutable; may be used from any thread.
 */
public final class History {

    private static final int NOTES_READ = 1024;

    private final Map<ObjectId, RetainedSnapshot> retained = new HashMap<>();
    private final Map<ObjectId, RetainedSnapshot> forgotten = new HashMap<>();

    /**
     * @param forgotten their roots do not count; those that are retained too are
     */
    public History(Collection<RetainedSnapshot> retained, Collection<RetainedSnapshot> forgotten) {
        retained.forEach(snapshot -> this.retained.put(snapshot.snapshot(), snapshot));
        forgotten.forEach(snapshot -> this.forgotten.put(snapshot.snapshot(), snapshot));
    }

    /** The history that a store tells. One pass over its notes. */
    public static History of(ObjectStore store) {
        return new History(store.snapshots(), forgotten(store));
    }

    /** The snapshots that the notes of a store forget, without their roots. One pass over the notes. */
    public static List<RetainedSnapshot> forgotten(ObjectStore store) {
        List<RetainedSnapshot> forgotten = new ArrayList<>();
        ObjectId last = null;
        List<Note> page = store.notesAfter(null, NOTES_READ);
        while (!page.isEmpty()) {
            for (Note note : page) {
                if (note.kind() == NoteKind.FORGET && !note.snapshot().equals(last)) {
                    last = note.snapshot();
                    store.notes(last).forgetting().map(Note::lineage).ifPresent(forgotten::add);
                }
            }
            page = store.notesAfter(page.getLast().key(), NOTES_READ);
        }
        return forgotten;
    }

    /** Whether {@code id} is retained. */
    public boolean contains(ObjectId id) {
        return retained.containsKey(id);
    }

    /** A snapshot, retained or forgotten, and its lineage; null if it is neither. */
    public @Nullable RetainedSnapshot find(ObjectId id) {
        RetainedSnapshot found = retained.get(id);
        return found == null ? forgotten.get(id) : found;
    }

    /** Whether {@code older} is {@code newer} or one of its ancestors. */
    public boolean reaches(ObjectId newer, ObjectId older) {
        if (newer.equals(older)) {
            return true;
        }
        RetainedSnapshot oldest = find(older);
        return oldest != null && walk(newer, Set.of(), older, oldest.sequence()) == null;
    }

    /** How one snapshot stands to another. */
    public enum Descent {
        /** It is the other, or follows it. */
        FOLLOWS,
        /** It comes before the other, or is no later by its number. */
        IS_OLDER,
        /** All its ancestors down to the other's number are there, and the other is not among them. */
        IS_ELSEWHERE,
        /** It is not there, or ancestors of it are not. */
        UNKNOWN
    }

    /**
     * How {@code newer} stands to {@code older}, which need not be there itself.
     *
     * @param olderSequence the number of {@code older} in its history
     */
    public Descent descent(ObjectId newer, ObjectId older, long olderSequence) {
        if (newer.equals(older)) {
            return Descent.FOLLOWS;
        }
        RetainedSnapshot head = find(newer);
        if (head == null) {
            return Descent.UNKNOWN;
        }
        if (head.sequence() <= olderSequence) {
            return Descent.IS_OLDER;
        }
        boolean hasGap = false;
        Set<ObjectId> seen = new HashSet<>();
        Deque<RetainedSnapshot> open = new ArrayDeque<>(List.of(head));
        for (RetainedSnapshot at = open.poll(); at != null; at = open.poll()) {
            for (ObjectId parent : at.parents()) {
                if (parent.equals(older)) {
                    return Descent.FOLLOWS;
                }
                RetainedSnapshot known = find(parent);
                if (known == null) {
                    // Its number is below that of its child: it may follow the other only where there is one between.
                    hasGap |= at.sequence() > olderSequence + 1;
                } else if (known.sequence() > olderSequence && seen.add(parent)) {
                    open.add(known);
                }
            }
        }
        return hasGap ? Descent.UNKNOWN : Descent.IS_ELSEWHERE;
    }

    /**
     * Those of {@code head} and its ancestors that are retained, without {@code excluded} and what is only reached through it,
     * oldest first.
     */
    public List<ObjectId> since(ObjectId head, @Nullable ObjectId excluded) {
        return all(head, excluded).stream()
                .map(RetainedSnapshot::snapshot)
                .filter(retained::containsKey)
                .toList();
    }

    /** As {@link #since}, those that are forgotten and not retained. */
    public List<RetainedSnapshot> forgottenSince(ObjectId head, @Nullable ObjectId excluded) {
        return all(head, excluded).stream()
                .filter(snapshot -> !retained.containsKey(snapshot.snapshot()))
                .toList();
    }

    /** As {@link #since}, of several heads, without several and what is only reached through these. */
    public List<ObjectId> beyond(Collection<ObjectId> heads, Collection<ObjectId> excluded) {
        Set<ObjectId> left = new HashSet<>();
        excluded.stream()
                .filter(id -> find(id) != null)
                .forEach(id -> open(id, left).forEach(snapshot -> left.add(snapshot.snapshot())));
        Set<RetainedSnapshot> beyond = new HashSet<>();
        heads.forEach(head -> beyond.addAll(open(head, left)));
        return beyond.stream()
                .filter(snapshot -> retained.containsKey(snapshot.snapshot()))
                .sorted(RetainedSnapshot.OLDEST_FIRST)
                .map(RetainedSnapshot::snapshot)
                .toList();
    }

    /** The nearest ancestor of {@code snapshot} that is retained, along first parents. */
    public Optional<ObjectId> retainedParent(ObjectId snapshot) {
        Set<ObjectId> seen = new HashSet<>();
        RetainedSnapshot current = find(snapshot);
        while (current != null && !current.parents().isEmpty() && seen.add(current.snapshot())) {
            ObjectId parent = current.parents().getFirst();
            if (retained.containsKey(parent)) {
                return Optional.of(parent);
            }
            current = forgotten.get(parent);
        }
        return Optional.empty();
    }

    private List<RetainedSnapshot> all(ObjectId head, @Nullable ObjectId excluded) {
        Set<ObjectId> left = new HashSet<>();
        if (excluded != null && find(excluded) != null) {
            all(excluded, null).forEach(snapshot -> left.add(snapshot.snapshot()));
        }
        List<RetainedSnapshot> found = open(head, left);
        found.sort(RetainedSnapshot.OLDEST_FIRST);
        return found;
    }

    private List<RetainedSnapshot> open(ObjectId head, Set<ObjectId> left) {
        List<RetainedSnapshot> found = walk(head, left, null, 0);
        if (found == null) {
            throw new IllegalStateException("a walk without a goal goes to its end");
        }
        return found;
    }

    /** What {@code from} reaches outside {@code left}; null as soon as {@code goal} is met. */
    private @Nullable List<RetainedSnapshot> walk(
            ObjectId from, Set<ObjectId> left, @Nullable ObjectId goal, long sequenceMin) {
        List<RetainedSnapshot> found = new ArrayList<>();
        Set<ObjectId> seen = new HashSet<>();
        Deque<ObjectId> open = new ArrayDeque<>();
        open.add(from);
        for (ObjectId id = open.poll(); id != null; id = open.poll()) {
            if (id.equals(goal)) {
                return null;
            }
            RetainedSnapshot snapshot = find(id);
            if (snapshot == null || left.contains(id) || !seen.add(id)) {
                continue;
            }
            found.add(snapshot);
            // A sequence is above that of every parent: below the goal's own there is no way to it.
            if (snapshot.sequence() > sequenceMin || goal == null) {
                open.addAll(snapshot.parents());
            }
        }
        return found;
    }
}
