/**
 * Gap deltas: up to 4 MiB of new bytes, rebuilt from up to 12 MiB of old ones that are at hand.
 *
 * <p>New bytes are copies from the base and gaps between them. The gaps, not the copies, are what a delta consists of: all of their bytes
 * stand together and are compressed together, with the beginning of the base as a dictionary where they are few.
 *
 * <p>Priorities: the decoder rebuilds the new bytes or fails, whatever the payload; small payloads; speed.
 *
 * <h2>Format</h2>
 *
 * <p>A reader knows the base and the length of the new bytes, the <em>target</em>. Numbers are LEB128: seven bits a byte, the lowest first, in
 * the shortest form.
 *
 * <pre>
 * payload = version and flags 1 | copies | literal bytes | difference bytes, with flag 1 | bytes of bits
 *           | literal lengths | copy lengths | offsets     frames of one symbol a copy; nothing if there are no copies
 *           | bits
 *           | differences                                  one frame, with flag 1
 *           | literals                                     a frame for each MiB begun
 * frame   = coding 0 | bytes                               as they are
 *           coding 1 | length | zstd frame
 *           coding 2 | length | zstd frame                 with the base's first 128 KiB as dictionary; literals only
 * </pre>
 *
 * <p>The first byte is the version, 1, times 16, and flags: 1 says that there are differences. A zstd frame (RFC 8878) has no magic number,
 * no checksum, no content size and no dictionary id; its dictionary is raw content.
 *
 * <p>A copy has three numbers, for each a symbol at its place in three columns:
 *
 * <ul>
 *   <li>how many bytes stand between the copy before, or the beginning, and this one: the <em>gap</em>;
 *   <li>its length, less 6;
 *   <li>where it begins in the base, less where the copy before ended there, or 0, less the gap: the <em>offset</em>, signed, and written as
 *       twice the number from 0 on, as twice its amount less one below.
 * </ul>
 *
 * <p>A symbol below 200 is the number itself. A symbol 200 + n, n up to 18, stands for a number of 8 + n bits; all but the highest of these
 * stand in the bits, which are read from the lowest bit of each byte on, a number's lowest bit first, in the order copy by copy: gap, length,
 * offset. The last byte is filled up with zeros.
 *
 * <p>Bytes in gaps are literals, in order. With flag 1, a gap of up to 256 bytes before a copy of offset 0 is differences instead: each byte
 * is the sum, modulo 256, of the difference and of the byte of the base, from where the copy before ended. What follows the last copy is
 * literals.
 *
 * <p>Target and payload are used up exactly: no literal, difference, whole byte of bits, bit that is not zero, or byte of the payload is left.
 *
 * <h2>What it does not do</h2>
 *
 * <p>It does not authenticate and does not know which base it needs: with another base of the same length it may rebuild other bytes. It
 * chooses no base.
 */
@NullMarked
package dev.cairn.delta.gap;

import org.jspecify.annotations.NullMarked;
