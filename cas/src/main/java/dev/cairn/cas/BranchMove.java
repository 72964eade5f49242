package dev.cairn.cas;

import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request to move a branch by compare-and-set.
 *
 * @param expected the snapshot that the branch must point at, or null if it must not exist
 * @param target the snapshot it shall point at, or null if it shall no longer exist; its snapshots stay retained
 * @param retained further snapshots to put on the list of retained ones in the same transaction, oldest first, but for those
 *     that are forgotten; the target is always put there
 * @param operation a repeated move with the same operation gets the first answer
 */
public record BranchMove(
        String branch,
        @Nullable ObjectId expected,
        @Nullable ObjectId target,
        List<ObjectId> retained,
        OperationId operation) {

    public BranchMove {
        Branch.requireName(branch);
        retained = List.copyOf(retained);
        if (target == null && (expected == null || !retained.isEmpty())) {
            throw new IllegalArgumentException(
                    "the deletion of branch '%s' names where it is, and retains nothing".formatted(branch));
        }
    }

    /** The deletion of a branch that points at {@code expected}. */
    public static BranchMove deletion(String branch, ObjectId expected, OperationId operation) {
        return new BranchMove(branch, expected, null, List.of(), operation);
    }

    /** Every snapshot that the move puts on the list of retained ones, each once, the target last. */
    public List<ObjectId> allRetained() {
        LinkedHashSet<ObjectId> all = new LinkedHashSet<>(retained);
        if (target != null) {
            all.remove(target);
            all.add(target);
        }
        return List.copyOf(all);
    }

    /** What became of a move. */
    public sealed interface Outcome {
        /** The branch points at the target now, or did when this operation was first asked for. */
        record Moved(Branch branch) implements Outcome {}

        /** The branch is gone, or went when this operation was first asked for; it was {@code last} before. */
        record Deleted(Branch last) implements Outcome {}

        /** The branch pointed elsewhere, at {@code current}; null if it did not exist. Nothing was changed. */
        record Conflict(@Nullable Branch current) implements Outcome {}
    }
}
