/**
 * Seeds: folders on this machine that were never in a repository, and that hold chunks which a pull lacks.
 *
 * <p>Priorities, in this order: nothing is believed that was not read and named at the moment it is used; nothing is opened but below a
 * folder that a person named, and through no link; memory does not grow with the folders; then speed.
 *
 * <p>Files are cut as a capture cuts them, so what a snapshot holds of them has the same ids. Which chunk stands where is kept in a file
 * without a name while the command runs. Files may change meanwhile: what is read again is named again, and passed over if it is something
 * else by now.
 *
 * <p>What it does not do: decide what lacks, or store anything.
 */
@NullMarked
package dev.cairn.cas.snapshot.seed;

import org.jspecify.annotations.NullMarked;
