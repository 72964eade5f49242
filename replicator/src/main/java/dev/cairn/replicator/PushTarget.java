package dev.cairn.replicator;

import dev.cairn.cas.Branch;
import dev.cairn.cas.ObjectId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the push of one branch has found out. Not thread-safe. */
final class PushTarget {
    final Branch local;
    final List<ObjectId> retained;
    final Set<ObjectId> lacking = new LinkedHashSet<>();
    final Set<ObjectId> named = new LinkedHashSet<>();
    final boolean everything;
    boolean moved;

    @Nullable
    ObjectId expected;

    int gaps;
    boolean deltasRefused;

    PushTarget(Branch local, @Nullable ObjectId expected, List<ObjectId> retained, boolean everything) {
        this.local = local;
        this.expected = expected;
        this.retained = retained;
        this.everything = everything;
    }

    BranchUpload.Deltas deltasSent() {
        // What shall come beside nonsense must not be a delta: one that is deeper than the nonsense could not.
        if (everything || deltasRefused || gaps > 1) {
            return BranchUpload.Deltas.NEVER;
        }
        return gaps == 0 ? BranchUpload.Deltas.TRUSTED : BranchUpload.Deltas.WITH_BASES;
    }
}
