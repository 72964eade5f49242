package dev.cairn.cas.gc;

import java.util.List;

/**
 * What a collection would do, as things stood when it was made.
 *
 * @param objectsLive what retained snapshots and branches reach
 * @param objectsBase what is kept only because deltas among these build on it
 * @param snapshots that nothing retains
 * @param pages that nothing reaches
 * @param chunks likewise
 * @param objectsNew what nothing reaches and is too new to be judged: it came while this was made
 * @param recordsDead records of which no object is left
 * @param bytesDead their bytes
 * @param bytesPartlyDead bytes of records of which some objects are left and some go: they stay whole
 * @param bytesBase bytes of records that are kept only as bases
 * @param bytesLive bytes of all records that stay
 * @param volumes what becomes of each volume
 */
public record CollectionPlan(
        long objectsLive,
        long objectsBase,
        long snapshots,
        long pages,
        long chunks,
        long objectsNew,
        long recordsDead,
        long bytesDead,
        long bytesPartlyDead,
        long bytesBase,
        long bytesLive,
        List<VolumePlan> volumes) {

    /** How many objects go. */
    public long objectsDead() {
        return snapshots + pages + chunks;
    }

    /** Bytes of files that would be freed, less what copies take. */
    public long bytesFreed() {
        return volumes.stream()
                .filter(volume -> volume.action() != VolumePlan.Action.KEEP)
                .mapToLong(volume -> Math.max(0, volume.bytes() - volume.bytesLive()))
                .sum();
    }
}
