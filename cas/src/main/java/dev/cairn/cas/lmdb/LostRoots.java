package dev.cairn.cas.lmdb;

import dev.cairn.cas.Branch;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Snapshots that journals name and that a rebuild does not find: only after the last journal is it known which of them are lost,
 * for they may have been collected, and branches have moved on. Not thread-safe.
 */
final class LostRoots {

    private final Map<ObjectId, CorruptDataException> retained = new LinkedHashMap<>();
    private final Map<String, Head> heads = new LinkedHashMap<>();

    /** A snapshot that is lost, and how that is told. */
    record Gone(ObjectId snapshot, CorruptDataException loss) {}

    private record Head(Branch branch, CorruptDataException loss) {}

    void retainedGone(ObjectId snapshot, CorruptDataException loss) {
        retained.put(snapshot, loss);
    }

    void branchGone(Branch branch, CorruptDataException loss) {
        heads.merge(
                branch.name(),
                new Head(branch, loss),
                (before, now) -> now.branch.version() >= before.branch.version() ? now : before);
    }

    void branchDeleted(Branch branch) {
        Head head = heads.get(branch.name());
        if (head != null && head.branch.version() <= branch.version()) {
            heads.remove(branch.name());
        }
    }

    void collected(ObjectId snapshot) {
        retained.remove(snapshot);
    }

    /** What is lost, by the index that came out. */
    List<Gone> gone(IndexView index) {
        List<Gone> gone = new ArrayList<>();
        retained.forEach((snapshot, loss) -> {
            if (!index.isRetained(snapshot)) {
                gone.add(new Gone(snapshot, loss));
            }
        });
        heads.forEach((name, head) -> {
            Branch now = index.branch(name);
            if (now == null || now.version() < head.branch.version()) {
                gone.add(new Gone(head.branch.snapshot(), head.loss));
            }
        });
        return gone;
    }
}
