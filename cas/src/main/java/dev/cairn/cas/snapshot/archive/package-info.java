/**
 * Archives in and out: a snapshot as a tar or zip stream, and an archive as a new snapshot on a branch.
 *
 * <p>Priorities, in this order: what comes out is what the snapshot has, or is listed as not; an archive is hostile: it neither leads out
 * of the snapshot's root nor takes more memory than a file of its kind; then speed.
 *
 * <p>Both ways are streams. An export follows the manifest and holds one chunk. An import stores contents as they come and sorts what is
 * said of paths outside of memory ({@link dev.cairn.cas.snapshot.archive.RecordSort}), since manifests are in path order and archives are
 * in any. What it keeps on disk meanwhile is sealed as the repository's records are.
 *
 * <p>Invariants: the same snapshot gives the same bytes; a branch moves only after an archive was read to its end and was found sound.
 *
 * <p>What it does not do: append to archives, decrypt them, or follow any link.
 */
@NullMarked
package dev.cairn.cas.snapshot.archive;

import org.jspecify.annotations.NullMarked;
