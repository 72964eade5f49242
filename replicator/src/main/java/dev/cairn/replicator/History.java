package dev.cairn.replicator;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RetainedSnapshot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who follows whom among the retained snapshots of one side. Parents are weak: a chain ends where one was forgotten.
 *
 * <p>Memory: about 200 bytes a snapshot. Immutable.
 */
final class History {

    private final Map<ObjectId, RetainedSnapshot> snapshots = new HashMap<>();

    History(Collection<RetainedSnapshot> retained) {
        retained.forEach(snapshot -> snapshots.put(snapshot.snapshot(), snapshot));
    }

    boolean contains(ObjectId id) {
        return snapshots.containsKey(id);
    }

    /** A snapshot and what its header says; null if it is not there. */
    @Nullable
    RetainedSnapshot find(ObjectId id) {
        return snapshots.get(id);
    }

    Set<ObjectId> ids() {
        return snapshots.keySet();
    }

    /** Whether {@code older} is {@code newer} or one of its ancestors. */
    boolean reaches(ObjectId newer, ObjectId older) {
        if (newer.equals(older)) {
            return true;
        }
        RetainedSnapshot oldest = snapshots.get(older);
        return oldest != null && walk(newer, Set.of(), older, oldest.sequence()) == null;
    }

    /** How one snapshot stands to another. */
    enum Descent {
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
    Descent descent(ObjectId newer, ObjectId older, long olderSequence) {
        if (newer.equals(older)) {
            return Descent.FOLLOWS;
        }
        RetainedSnapshot head = snapshots.get(newer);
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
                RetainedSnapshot known = snapshots.get(parent);
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

    /** {@code head} and its ancestors without {@code excluded} and what is only reached through it, oldest first. */
    List<ObjectId> since(ObjectId head, @Nullable ObjectId excluded) {
        return since(head, excluded == null || !contains(excluded) ? Set.of() : ancestors(excluded));
    }

    private List<ObjectId> since(ObjectId head, Set<ObjectId> left) {
        List<RetainedSnapshot> found = walk(head, left, null, 0);
        if (found == null) {
            throw new IllegalStateException("a walk without a goal goes to its end");
        }
        found.sort(RetainedSnapshot.OLDEST_FIRST);
        return found.stream().map(RetainedSnapshot::snapshot).toList();
    }

    /** {@code heads} and their ancestors without {@code excluded} and theirs, oldest first. */
    List<ObjectId> beyond(Collection<ObjectId> heads, Collection<ObjectId> excluded) {
        Set<ObjectId> left = new HashSet<>();
        excluded.stream().filter(this::contains).forEach(id -> left.addAll(since(id, left)));
        Set<ObjectId> beyond = new HashSet<>();
        heads.forEach(head -> beyond.addAll(since(head, left)));
        return snapshots.values().stream()
                .filter(snapshot -> beyond.contains(snapshot.snapshot()))
                .sorted(RetainedSnapshot.OLDEST_FIRST)
                .map(RetainedSnapshot::snapshot)
                .toList();
    }

    private Set<ObjectId> ancestors(ObjectId head) {
        return new HashSet<>(since(head, Set.of()));
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
            RetainedSnapshot snapshot = snapshots.get(id);
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
