/**
 * Differences between byte strings: rolling checksums, signatures and librsync's file formats, and later the gap deltas that
 * delta records are made of.
 *
 * <p>Priorities, in this order: what is patched is exact or is refused; every length read from a signature or a delta is
 * bounded; the formats stay interchangeable with {@code rdiff}; then speed.
 *
 * <p>A ground floor: it knows bytes only, neither objects nor stores, and does no encryption.
 */
@NullMarked
package dev.cairn.delta;

import org.jspecify.annotations.NullMarked;
