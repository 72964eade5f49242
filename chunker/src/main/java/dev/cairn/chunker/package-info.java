/**
 * Content-defined chunking: where a run of file bytes ends is decided by the bytes themselves, so that an edit moves the cuts next to
 * it and no others.
 *
 * <p>Priorities, in this order:
 *
 * <ol>
 *   <li>The same bytes under the same table and profile give the same cuts, however the reads were split and however many regions were
 *       scanned in parallel.
 *   <li>Memory is bounded by the profile, never by the input.
 *   <li>Speed: the hot loops are static, primitive and allocate nothing per byte.
 * </ol>
 *
 * <h2>Theory</h2>
 *
 * <p>The gear hash of Xia et al. ("FastCDC", USENIX ATC 2016): {@code h = (h << 1) + table[byte]}, modulo 2^64. What a byte
 * contributed is shifted out after 64 steps, so a hash is a function of the last 64 bytes alone. A position is a candidate when the top
 * bits of its hash are zero; more bits are asked for before the switch point and fewer after it (normalised cutting), and because both
 * masks are runs of <em>top</em> bits every strict candidate is also a loose one, so that two streams that share their bytes soon share
 * their cuts. Hashing starts 64 bytes before the first length that may be cut, which skips most of the minimum size without making any
 * hash depend on where the chunk began.
 *
 * <h2>What it does not do</h2>
 *
 * <p>It opens no file, knows no hole, names no chunk and starts no thread. It depends on nothing but the JDK.
 */
@NullMarked
package dev.cairn.chunker;

import org.jspecify.annotations.NullMarked;
