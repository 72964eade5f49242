package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.manifest.EntryPath;
import java.util.List;

/**
 * How a drill went.
 *
 * @param entries files, links and special files that the snapshot has, as far as its pages can be read
 * @param files how many were restored and compared, faulty ones included
 * @param bytes of them
 * @param sourcesCompared how many were compared with what stands at their source
 * @param faults what was wrong, in the order of the sample
 */
public record DrillResult(long entries, long files, long bytes, long sourcesCompared, List<Fault> faults) {

    public DrillResult {
        faults = List.copyOf(faults);
    }

    /** Whether everything came back as it was. */
    public boolean isSound() {
        return faults.isEmpty();
    }

    /** Something that did not come back as it was. */
    public record Fault(EntryPath path, String reason) {}
}
