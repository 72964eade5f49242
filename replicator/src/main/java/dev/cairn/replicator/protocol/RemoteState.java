package dev.cairn.replicator.protocol;

import dev.cairn.cas.Branch;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RepositoryId;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a server's repository is taken to be. As far as it is remembered it is a hint: nothing is decided by it that the server
 * was not asked to confirm.
 *
 * @param configurationRevision as the server counts
 * @param heads where branches point; null for one that does not exist
 */
public record RemoteState(RepositoryId repository, long configurationRevision, List<Head> heads) {

    /**
     * Where a branch points.
     *
     * @param snapshot null if the branch does not exist
     */
    public record Head(String name, @Nullable ObjectId snapshot) {
        public Head {
            Branch.requireName(name);
        }
    }

    /** @throws IllegalArgumentException if a branch is named twice, or a revision is negative */
    public RemoteState {
        if (configurationRevision < 0) {
            throw new IllegalArgumentException("a negative revision: " + configurationRevision);
        }
        heads = List.copyOf(heads);
        if (heads.stream().map(Head::name).distinct().count() != heads.size()) {
            throw new IllegalArgumentException("a branch that is named twice");
        }
    }

    /** What {@code info} tells. */
    public static RemoteState of(Response.RepositoryInfo info) {
        return new RemoteState(
                info.repository(),
                info.configuration().revision(),
                info.branches().stream()
                        .map(branch -> new Head(branch.name(), branch.snapshot()))
                        .toList());
    }

    /** Where the branches point that there are. */
    public Map<String, ObjectId> branches() {
        Map<String, ObjectId> branches = new LinkedHashMap<>();
        for (Head head : heads) {
            ObjectId snapshot = head.snapshot();
            if (snapshot != null) {
                branches.put(head.name(), snapshot);
            }
        }
        return branches;
    }

    /** The same of these branches only; those that are not known count as not existing. */
    public RemoteState about(Collection<String> names) {
        Map<String, ObjectId> branches = branches();
        return new RemoteState(
                repository,
                configurationRevision,
                names.stream().map(name -> new Head(name, branches.get(name))).toList());
    }

    /**
     * Whether all that is said here is so in {@code actual}, which knows every branch; not where there is damage that a push
     * would mend.
     */
    public boolean holdsIn(Response.RepositoryInfo actual) {
        List<String> names = heads.stream().map(Head::name).toList();
        return actual.damagedRecords() == 0 && equals(of(actual).about(names));
    }
}
