package dev.cairn.replicator;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RecordRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * Pages of a walk gathered by the records that provide them, so that a record goes over the wire once for many pages.
 *
 * <p>A page may join the last group of its record only if each of its children stands in an earlier group, or before it in
 * the same record; else it begins a new group, and its record is sent again. So whoever takes the groups in their order has
 * the children of a page before the page, whatever else stands in the records. Not thread-safe.
 */
final class RecordGrouping {

    private final List<Group> groups = new ArrayList<>();
    private final Map<Long, Integer> lastGroup = new HashMap<>();
    private final Map<ObjectId, Placed> placed = new HashMap<>();

    private record Placed(int group, int ordinal) {}

    /** A record, and the places of those of its objects that are due with it, ascending. */
    static final class Group {
        private final RecordRef ref;
        private final NavigableSet<Integer> due = new TreeSet<>();

        private Group(RecordRef ref) {
            this.ref = ref;
        }

        /** The record; the place in it means nothing. */
        RecordRef ref() {
            return ref;
        }

        /** The places of due objects, ascending. */
        int[] due() {
            return due.stream().mapToInt(Integer::intValue).toArray();
        }
    }

    /** Adds a page whose children were added before it, or need not be. */
    void add(PageWalk.Visit visit) {
        RecordRef ref = visit.found().ref();
        Integer last = lastGroup.get(ref.sequence());
        int index = last != null && fits(visit, last) ? last : groups.size();
        if (index == groups.size()) {
            groups.add(new Group(ref));
            lastGroup.put(ref.sequence(), index);
        }
        groups.get(index).due.add(ref.ordinal());
        placed.put(visit.id(), new Placed(index, ref.ordinal()));
    }

    /** How many pages were added since the last {@link #take}. */
    int pages() {
        return placed.size();
    }

    /** The groups in the order in which to send them; begins anew. */
    List<Group> take() {
        List<Group> taken = List.copyOf(groups);
        groups.clear();
        lastGroup.clear();
        placed.clear();
        return taken;
    }

    private boolean fits(PageWalk.Visit visit, int group) {
        for (ObjectId child : visit.object().nodeChildren()) {
            Placed at = placed.get(child);
            if (at != null
                    && (at.group > group
                            || (at.group == group
                                    && at.ordinal > visit.found().ref().ordinal()))) {
                return false;
            }
        }
        return true;
    }
}
