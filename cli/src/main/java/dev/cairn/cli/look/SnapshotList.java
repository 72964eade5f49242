package dev.cairn.cli.look;

import dev.cairn.cas.Branch;
import dev.cairn.cas.History;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.SnapshotRecord;
import dev.cairn.cas.snapshot.note.NoteBook;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The snapshots that are kept, oldest first, and which branch each is in the history of. */
final class SnapshotList {

    private SnapshotList() {}

    /**
     * A snapshot that is kept.
     *
     * @param branch empty if it is in the history of none
     * @param marks its tags as they are now, and whether it is pinned
     */
    record Listed(SnapshotRecord snapshot, String branch, NoteBook.Marks marks) {}

    /**
     * Reads those that are wanted.
     *
     * @param branch only those in its history; null for all
     * @throws CommandFailure if there is no such branch
     */
    static List<Listed> of(Repository repository, @Nullable String branch, Predicate<SnapshotRecord> wanted) {
        List<RetainedSnapshot> retained = repository.store().snapshots();
        Map<ObjectId, String> branches = branches(repository, branch);
        if (branch != null && repository.store().branch(branch).isEmpty()) {
            throw new CommandFailure(ExitCode.FAILED, "no branch '" + branch + "'", "'cairn snapshots' lists them.");
        }
        NoteBook notes = repository.notes();
        List<Listed> listed = new ArrayList<>();
        for (RetainedSnapshot one : retained) {
            String owner = branches.getOrDefault(one.snapshot(), "");
            if (branch != null && !owner.equals(branch)) {
                continue;
            }
            SnapshotRecord snapshot = repository.snapshot(one.snapshot());
            if (wanted.test(snapshot)) {
                listed.add(new Listed(snapshot, owner, notes.marks(snapshot)));
            }
        }
        return listed;
    }

    /** Which branch a snapshot is in the history of; where there are several, the one asked for, else the first by name. */
    private static Map<ObjectId, String> branches(Repository repository, @Nullable String wanted) {
        History history = History.of(repository.store());
        Map<ObjectId, String> owners = new HashMap<>();
        List<Branch> ordered = new ArrayList<>(repository.store().branches());
        ordered.sort(
                Comparator.comparing((Branch one) -> !one.name().equals(wanted)).thenComparing(Branch::name));
        for (Branch one : ordered) {
            history.since(one.snapshot(), null).forEach(id -> owners.putIfAbsent(id, one.name()));
        }
        return owners;
    }
}
