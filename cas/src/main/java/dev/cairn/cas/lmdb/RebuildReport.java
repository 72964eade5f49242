package dev.cairn.cas.lmdb;

import java.util.List;

/**
 * What a rebuild of the index found.
 *
 * @param volumes that were read
 * @param containers in them
 * @param records that are in the new index
 * @param objects that are in the new index
 * @param branches likewise
 * @param snapshots on the list of retained ones
 * @param snapshotsBefore how many the index had that was there before, 0 if it could not be read
 * @param replaced whether the new index is in its place; the old one stays if it has more snapshots, unless it may not
 * @param losses what is damaged or had to be left out, {@value #LOSSES_MAX} at most, for people
 * @param lossCount how many there are in all
 * @param setAside files and folders that were kept under another name
 */
public record RebuildReport(
        int volumes,
        long containers,
        long records,
        long objects,
        long branches,
        long snapshots,
        long snapshotsBefore,
        boolean replaced,
        List<String> losses,
        long lossCount,
        List<String> setAside) {

    /** The most losses that are described. */
    public static final int LOSSES_MAX = 1000;

    public RebuildReport {
        losses = List.copyOf(losses);
        setAside = List.copyOf(setAside);
    }
}
