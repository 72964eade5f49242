/**
 * Signatures, deltas and patches in the formats of librsync, exchangeable with its {@code rdiff} both ways.
 *
 * <p>Priorities: a patch rebuilds the new file or fails naming the place; hostile signatures and deltas cost no more memory than their own
 * length and no more than a constant amount of work a byte; speed; size.
 *
 * <h2>Format</h2>
 *
 * <p>All integers are big-endian. A signature is a magic number that names its two checksums, the block length and the strong sum's length
 * (32 bits each), then for every block of the basis its weak sum (32 bits) and its strong sum, cut to that length; the last block may be
 * shorter. A delta is a magic number and commands: {@code 00} ends it; {@code 01..40} is a literal of that length, {@code 41..44} one whose
 * length follows in 1, 2, 4 or 8 bytes; {@code 45..54} copies from the basis, its start and its length following in 1, 2, 4 or 8 bytes each.
 *
 * <h2>What it does not do</h2>
 *
 * <p>It does not authenticate: strong sums are unkeyed and may be cut short, so whoever wrote a signature or a delta decides what is rebuilt.
 * It opens no file.
 */
@NullMarked
package dev.cairn.delta.rdiff;

import org.jspecify.annotations.NullMarked;
