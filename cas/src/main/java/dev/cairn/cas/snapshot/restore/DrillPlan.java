package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.ObjectId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to try a restore with.
 *
 * @param manifest of the snapshot
 * @param filesMax how many files at most, {@value #FILES_MAX} at most
 * @param bytesMax a file more is taken while fewer bytes than this were
 * @param seed decides which; the same seed gives the same files of the same manifest
 * @param sources where the files of the snapshot stood, to be compared with what stands there now; null for no comparison
 */
public record DrillPlan(
        ObjectId manifest,
        int filesMax,
        long bytesMax,
        long seed,
        @Nullable Sources sources) {

    /** The most files of a sample. */
    public static final int FILES_MAX = 100_000;

    /**
     * Where files stood.
     *
     * @param paths as the snapshot's description has them
     * @param beforeSeconds only what did not change since then (by its ctime), in seconds since 1970, is compared
     */
    public record Sources(List<byte[]> paths, long beforeSeconds) {
        public Sources {
            paths = List.copyOf(paths);
        }
    }

    public DrillPlan {
        if (filesMax < 1 || filesMax > FILES_MAX || bytesMax < 0) {
            throw new IllegalArgumentException("filesMax (%d) must be 1 to %d, bytesMax (%d) not negative"
                    .formatted(filesMax, FILES_MAX, bytesMax));
        }
    }
}
