package dev.cairn.cas.snapshot.usage;

import dev.cairn.cas.RecordKind;
import java.util.List;
import java.util.Map;

/**
 * What takes room in a repository. Lengths of content are plain, before compression; lengths of records are as they are stored.
 *
 * @param chunks chunks that snapshots reach
 * @param chunkBytes their length
 * @param inlineBytes content that stands in pages, being too short for a chunk: of each version of a file once
 * @param snapshots by the order in which they were given
 * @param branches by the order in which they were given
 * @param records of each kind
 * @param volumes in the order of their numbers
 * @param liveBytes of records with something that a snapshot reaches
 * @param baseBytes of records that are kept only since deltas that are live build on them
 * @param deadBytes of records that nothing needs
 */
public record StorageUse(
        long chunks,
        long chunkBytes,
        long inlineBytes,
        List<Share> snapshots,
        List<Share> branches,
        Map<RecordKind, Sum> records,
        List<Volume> volumes,
        long liveBytes,
        long baseBytes,
        long deadBytes) {

    public StorageUse {
        snapshots = List.copyOf(snapshots);
        branches = List.copyOf(branches);
        records = Map.copyOf(records);
        volumes = List.copyOf(volumes);
    }

    /**
     * The chunks of a snapshot or a branch: their lengths, each chunk once.
     *
     * @param uniqueBytes of those that it alone has
     * @param sharedBytes of those that others have too
     */
    public record Share(long uniqueBytes, long sharedBytes) {}

    /** Records, counted. */
    public record Sum(long count, long bytes) {

        Sum plus(long more) {
            return new Sum(count + 1, bytes + more);
        }
    }

    /**
     * A volume.
     *
     * @param fileBytes what its file takes; 0 where there is none
     * @param recordBytes of all its records
     * @param liveBytes of those that are live, or bases of such
     */
    public record Volume(int number, long fileBytes, long records, long recordBytes, long liveBytes) {}
}
