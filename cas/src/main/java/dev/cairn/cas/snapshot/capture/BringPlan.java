package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.Branch;
import java.util.List;

/**
 * How to bring in a tree that is not walked.
 *
 * @param branch to be moved to the new snapshot
 * @param tags of the new snapshot
 * @param paths where it comes from, for people: absolute paths, as bytes; may be none
 * @param dryRun whether to write nothing, and only say what would be
 * @param host name of this machine, for people
 * @param user who brings it in, for people
 */
public record BringPlan(
        String branch, List<String> tags, List<byte[]> paths, boolean dryRun, String host, String user) {

    public BringPlan {
        Branch.requireName(branch);
        tags = List.copyOf(tags);
        paths = List.copyOf(paths);
    }
}
