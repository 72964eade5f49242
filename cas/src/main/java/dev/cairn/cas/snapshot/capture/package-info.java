/**
 * Captures folders: from a walk over what a person named to a new snapshot on a branch.
 *
 * <p>Priorities, in this order: what stands in a snapshot was there, or says that it is doubtful; what cannot be read is never
 * taken for deleted; memory stays bounded whatever the folders hold; then speed.
 *
 * <p>One thread walks, reads, cuts and names ; a pool compresses and encrypts;
 * the store's own thread writes. Everything is in path order and joined with the previous snapshot on the way, so that no stage
 * holds a tree. Nothing below a source is reached but by name from its open folder, and no link is followed.
 *
 * <p>Invariants: a branch moves only after all that its snapshot reaches is durable; a capture that fails or is stopped leaves
 * only objects behind that the next one finds; a dry run writes nothing at all.
 *
 * <p>What it does not do: restore, watch folders, or decide what to keep.
 */
@NullMarked
package dev.cairn.cas.snapshot.capture;

import org.jspecify.annotations.NullMarked;
