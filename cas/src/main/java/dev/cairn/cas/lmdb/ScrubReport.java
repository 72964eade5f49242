package dev.cairn.cas.lmdb;

import java.util.List;

/**
 * What a scrub found.
 *
 * @param records that were looked at
 * @param bytes of them
 * @param damageCount records and rows of the index that are not what was stored
 * @param damaged what is wrong with them, the first {@value #DAMAGE_MAX}
 * @param noted records of which damage is noted now, by this scrub or before
 * @param volumes what is known of the scrubs of each volume now
 */
public record ScrubReport(
        long records, long bytes, long damageCount, List<String> damaged, long noted, List<ScrubState> volumes) {

    /** The most damage that is described. */
    public static final int DAMAGE_MAX = 1000;

    public ScrubReport {
        damaged = List.copyOf(damaged);
        volumes = List.copyOf(volumes);
    }

    /** Whether nothing is wrong, here or where others looked before. */
    public boolean isSound() {
        return damageCount == 0 && noted == 0;
    }
}
