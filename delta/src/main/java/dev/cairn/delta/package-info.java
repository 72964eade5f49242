/**
 * Differences between byte streams: rolling checksums, in {@link dev.cairn.delta.rdiff} the formats of librsync, and in {@link
 * dev.cairn.delta.gap} the deltas of a few MiB that delta records hold.
 *
 * <p>Priorities, in this order:
 *
 * <ol>
 *   <li>What is rebuilt is byte for byte what was there, or an exception says where the input is wrong.
 *   <li>Memory and time stay bounded whatever an input claims or however it was made to collide.
 *   <li>Speed, then small output.
 * </ol>
 *
 * <p>Nothing here knows chunks, stores or networks, and nothing here authenticates: who needs to know that the rebuilt bytes are the right
 * ones compares an id.
 */
@NullMarked
package dev.cairn.delta;

import org.jspecify.annotations.NullMarked;
