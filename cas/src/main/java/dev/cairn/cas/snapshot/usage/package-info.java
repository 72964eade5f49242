/**
 * What takes room in a repository: which snapshots have which bytes in common, and what nothing needs any more.
 *
 * <p>Priorities, in this order: the sums are right; memory does not grow with the repository; then speed.
 *
 * <p>What it does not do: give space back.
 */
@NullMarked
package dev.cairn.cas.snapshot.usage;

import org.jspecify.annotations.NullMarked;
