package dev.cairn.cli.retention;

import dev.cairn.cas.Branch;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.History;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.gc.RetentionCandidate;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.SnapshotRecord;
import dev.cairn.cas.snapshot.note.NoteBook;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The snapshots of a repository as policies of retention look at them: the history of each branch, and what is in none. A
 * snapshot that several branches share stands in the group of each.
 */
final class RetentionGroups {

    /** The name of the group of snapshots that are in no branch's history. */
    static final String NO_BRANCH = "";

    private final Repository repository;
    private final NoteBook notes;
    private final Map<ObjectId, RetainedSnapshot> retained = new LinkedHashMap<>();
    private final Map<ObjectId, Set<String>> branchesOf = new HashMap<>();
    private final Map<ObjectId, Set<String>> headOf = new HashMap<>();
    private final List<String> unreadable = new ArrayList<>();

    RetentionGroups(Repository repository) {
        this.repository = repository;
        this.notes = repository.notes();
        repository.store().snapshots().forEach(one -> retained.put(one.snapshot(), one));
        History history = History.of(repository.store());
        for (Branch branch : repository.store().branches()) {
            headOf.computeIfAbsent(branch.snapshot(), _ -> new TreeSet<>()).add(branch.name());
            history.since(branch.snapshot(), null)
                    .forEach(id -> branchesOf
                            .computeIfAbsent(id, _ -> new LinkedHashSet<>())
                            .add(branch.name()));
        }
    }

    /** What a retained snapshot's clear header says. */
    RetainedSnapshot retained(ObjectId snapshot) {
        RetainedSnapshot found = retained.get(snapshot);
        if (found == null) {
            throw new CommandFailure(
                    ExitCode.FAILED, "snapshot " + snapshot.abbreviated() + " is not retained any more", "");
        }
        return found;
    }

    /** All groups, by the names of branches. */
    Map<String, List<RetentionCandidate>> all() {
        Map<String, List<RetentionCandidate>> groups = new TreeMap<>();
        for (RetainedSnapshot one : retained.values()) {
            candidate(one, List.of())
                    .ifPresent(candidate -> branchesOf
                            .getOrDefault(one.snapshot(), Set.of(NO_BRANCH))
                            .forEach(branch -> groups.computeIfAbsent(branch, _ -> new ArrayList<>())
                                    .add(candidate)));
        }
        return groups;
    }

    /** The group of one branch; what another branch shares stays. */
    Map<String, List<RetentionCandidate>> only(String branch) {
        List<RetentionCandidate> group = new ArrayList<>();
        for (RetainedSnapshot one : retained.values()) {
            Set<String> branches = branchesOf.getOrDefault(one.snapshot(), Set.of());
            if (branches.contains(branch)) {
                List<String> shared = branches.stream()
                        .filter(other -> !other.equals(branch))
                        .map(other -> "in branch " + other)
                        .toList();
                candidate(one, shared).ifPresent(group::add);
            }
        }
        return Map.of(branch, group);
    }

    private java.util.Optional<RetentionCandidate> candidate(RetainedSnapshot one, List<String> shared) {
        List<String> exempt = new ArrayList<>();
        headOf.getOrDefault(one.snapshot(), Set.of()).forEach(branch -> exempt.add("head of " + branch));
        try {
            SnapshotRecord snapshot = repository.snapshot(one.snapshot());
            NoteBook.Marks marks = notes.marks(snapshot);
            if (marks.isPinned()) {
                exempt.add("pinned");
            }
            exempt.addAll(shared);
            return java.util.Optional.of(new RetentionCandidate(
                    one.snapshot(), one.sequence(), snapshot.description().time(), Set.copyOf(marks.tags()), exempt));
        } catch (CorruptDataException e) {
            unreadable.add("snapshot %s cannot be read, and stays: %s".formatted(one.snapshot(), e.getMessage()));
            return java.util.Optional.empty();
        }
    }

    /** Why a snapshot that somebody names must not be forgotten; empty if it may. */
    List<String> objections(ObjectId snapshot) {
        List<String> objections = new ArrayList<>();
        headOf.getOrDefault(snapshot, Set.of())
                .forEach(branch -> objections.add("branch '" + branch + "' points at it"));
        if (repository.store().notes(snapshot).isPinned()) {
            objections.add("it is pinned");
        }
        return objections;
    }

    /** What could not be read, one sentence each. */
    List<String> unreadable() {
        return unreadable;
    }
}
