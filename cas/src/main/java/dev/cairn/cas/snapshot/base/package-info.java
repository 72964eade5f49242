/**
 * Chooses what a delta record builds on: given the chunks of a file that are new, and an older version of the file, the
 * chunks of that version that hold what the new ones were made from.
 *
 * <p>The two versions are aligned by fixed points: chunks that both have, and anchors, pieces of some 8 KiB cut by content
 * that both have inside chunks that differ. What stands between the same points belongs together. So blocks that moved are
 * found, and nothing but the neighbourhood of a change is read. Nothing here decides what is right: a bad choice costs bytes.
 */
@NullMarked
package dev.cairn.cas.snapshot.base;

import org.jspecify.annotations.NullMarked;
