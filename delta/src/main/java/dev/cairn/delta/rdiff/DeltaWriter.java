package dev.cairn.delta.rdiff;

import dev.cairn.delta.RabinKarp;
import dev.cairn.delta.RollingChecksum;
import dev.cairn.delta.Rollsum;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Makes the delta of a new file against the signature of its basis, as a stream: memory is the signature and two blocks and 1 MiB.
 *
 * <p>Every offset is looked up by its rolling weak sum; where a block may match, the strong sum decides. Where the block that follows the
 * last match fits, it is taken before others, so that long equal ranges become one copy. Amid such a copy the strong sums of the blocks
 * that would follow are made together, and at most as many as have followed already.
 *
 * <h2>Cost</h2>
 *
 * <p>Strong sums that do not match are what a hostile pair of signature and file could ask for at every offset, a whole block each. They are
 * paid from a credit of {@value #CREDIT_START} bytes, which grows by {@value #CREDIT_A_BYTE} bytes with each byte passed; while it is
 * overdrawn, candidates are passed over. So at most a few times the file's length is ever hashed, and all that an attacker gains is a longer
 * delta.
 */
public final class DeltaWriter {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final long CREDIT_START = 64 << 20;
    private static final long CREDIT_A_BYTE = 4;
    private static final int NONE = -1;
    /** A strong sum of that length needs no weak one beside it. */
    private static final int STRONG_BYTES_ALONE = 16;

    private final Signature signature;
    private final InputStream source;
    private final DataOutputStream out;
    private final int blockBytes;
    private final RollingChecksum sum;
    private final StrongSum strong;
    private final byte[] buffer;
    /** Of the blocks that are expected next. */
    private final byte[] sumsAhead;

    /** Pending literals begin here; the window begins at {@code position}; what was read ends at {@code end}. */
    private int literalStart;

    private int position;
    private int end;
    private boolean atEnd;
    private long total;

    private long copyStart;
    private long copyLength;
    private int expected;
    private long credit = CREDIT_START;
    private int weak;

    private DeltaWriter(Signature signature, InputStream source, OutputStream delta) {
        this.signature = signature;
        this.source = source;
        this.out = new DataOutputStream(new BufferedOutputStream(delta, 1 << 16));
        this.blockBytes = signature.parameters().blockBytes();
        this.sum = signature.parameters().kind().weakSum();
        this.strong = StrongSum.of(signature.parameters());
        this.buffer = new byte[2 * blockBytes + BUFFER_BYTES];
        this.sumsAhead = new byte[SumLanes.LANES_MAX * strong.bytes()];
    }

    /**
     * Reads the new file to its end and writes the delta that rebuilds it from the basis. Closes neither stream; the output is flushed.
     *
     * @return the number of bytes of the new file
     */
    public static long write(Signature signature, InputStream source, OutputStream delta) throws IOException {
        return new DeltaWriter(signature, source, delta).run();
    }

    private long run() throws IOException {
        out.writeInt(Patch.MAGIC);
        fill();
        while (end - position >= blockBytes) {
            if (signature.blocks() == 0) {
                position = end - blockBytes + 1;
            } else {
                search();
            }
            if (atEnd) {
                break;
            }
            fill();
        }
        matchLastBlock();
        flushLiterals(end);
        flushCopy();
        out.writeByte(Command.END);
        out.flush();
        return total;
    }

    /** Makes room, keeping the window, and reads until the buffer is full or the source ends. */
    private void fill() throws IOException {
        flushLiterals(position);
        System.arraycopy(buffer, position, buffer, 0, end - position);
        end -= position;
        position = 0;
        literalStart = 0;
        int read = source.readNBytes(buffer, end, buffer.length - end);
        atEnd = end + read < buffer.length;
        end += read;
        total += read;
    }

    /** Moves the window over all that is in the buffer, until less than a block is left or the next offset needs more bytes. */
    private void search() throws IOException {
        boolean atRest = true;
        while (true) {
            if (atRest) {
                takeExpected();
                if (end - position < blockBytes || wantsMore()) {
                    return;
                }
                sumWindow(blockBytes);
            }
            int block = isCandidate(weak) ? match(weak, blockBytes) : NONE;
            atRest = block != NONE;
            if (atRest) {
                take(block, blockBytes);
                continue;
            }
            int last = end - blockBytes;
            int from = position;
            position = roll(last);
            credit = Math.min(CREDIT_START, credit + CREDIT_A_BYTE * (position - from));
            if (position > last) {
                return;
            }
        }
    }

    /** Amid a long copy: takes blocks as long as they follow each other, by their strong sums, of several at once, and without rolling. */
    private void takeExpected() throws IOException {
        while (literalStart == position && credit >= 0) {
            int ahead = blocksAhead();
            if (ahead == 0) {
                return;
            }
            strong.ofRun(buffer, position, blockBytes, ahead, sumsAhead, 0, strong.bytes());
            for (int block = 0; block < ahead; block++) {
                if (!isExpected(block * strong.bytes())) {
                    credit -= (long) (ahead - block) * blockBytes;
                    return;
                }
                take(expected, blockBytes);
            }
        }
    }

    /** How many blocks it pays to sum at once: as many as are in a row already; none after a copy of less than two. */
    private int blocksAhead() {
        long inRow = copyLength / blockBytes;
        int there = Math.min((end - position) / blockBytes, signature.blocks() - expected);
        if (inRow < 2) {
            return 0;
        }
        int ahead = (int) Math.min(Math.min(inRow, SumLanes.LANES_MAX), there);
        return ahead < SumLanes.LANES_MIN ? Math.min(1, there) : ahead;
    }

    /** Whether the block at the window is the one expected, whose strong sum was made. */
    private boolean isExpected(int sumAt) {
        if (!signature.strongEquals(expected, sumsAhead, sumAt)) {
            return false;
        }
        if (strong.bytes() < STRONG_BYTES_ALONE) {
            sumWindow(blockBytes);
            return weak == signature.weak(expected);
        }
        return true;
    }

    /** Whether a fill would let more blocks be summed at once. */
    private boolean wantsMore() {
        int there = (end - position) / blockBytes;
        return copyLength / blockBytes > there
                && there < SumLanes.LANES_MIN
                && !atEnd
                && position > 0
                && buffer.length / blockBytes >= SumLanes.LANES_MIN;
    }

    private void sumWindow(int length) {
        sum.reset();
        sum.append(buffer, position, length);
        weak = sum.value();
    }

    private boolean isCandidate(int weakSum) {
        int bit = (weakSum * signature.mixer()) >>> signature.filterShift();
        return (signature.filter()[bit >>> 6] & (1L << bit)) != 0;
    }

    /** Rolls on from {@code position}, which is done with, to the next offset up to {@code last} that may match; else past {@code last}. */
    private int roll(int last) {
        return switch (signature.parameters().kind()) {
            case ROLLSUM_MD4, ROLLSUM_BLAKE2 -> rollRollsum(last);
            case RABINKARP_MD4, RABINKARP_BLAKE2 -> rollRabinKarp(last);
        };
    }

    private int rollRabinKarp(int last) {
        byte[] data = buffer;
        long[] filter = signature.filter();
        int mixer = signature.mixer();
        int shift = signature.filterShift();
        int length = blockBytes;
        int power = RabinKarp.power(length);
        int bias = power * (RabinKarp.MULTIPLIER - RabinKarp.SEED);
        int hash = weak;
        for (int at = position; at < last; at++) {
            hash = hash * RabinKarp.MULTIPLIER + ((data[at + length] & 0xFF) - (data[at] & 0xFF) * power - bias);
            int bit = (hash * mixer) >>> shift;
            if ((filter[bit >>> 6] & (1L << bit)) != 0) {
                weak = hash;
                return at + 1;
            }
        }
        return last + 1;
    }

    private int rollRollsum(int last) {
        byte[] data = buffer;
        long[] filter = signature.filter();
        int mixer = signature.mixer();
        int shift = signature.filterShift();
        int length = blockBytes;
        int low = weak & 0xFFFF;
        int high = weak >>> 16;
        for (int at = position; at < last; at++) {
            int out = data[at] & 0xFF;
            low += (data[at + length] & 0xFF) - out;
            high += low - length * (out + Rollsum.BYTE_OFFSET);
            int value = (high << 16) | (low & 0xFFFF);
            int bit = (value * mixer) >>> shift;
            if ((filter[bit >>> 6] & (1L << bit)) != 0) {
                weak = value;
                return at + 1;
            }
        }
        return last + 1;
    }

    /** The block whose sums are those of the window, or {@link #NONE}. */
    private int match(int weakSum, int length) {
        boolean expectedFits = expected < signature.blocks() && signature.weak(expected) == weakSum;
        int block = signature.candidate(weakSum);
        if (credit < 0 || (block == Signature.NONE && !expectedFits)) {
            return NONE;
        }
        byte[] strongSum = strong.of(buffer, position, length);
        if (expectedFits && signature.strongEquals(expected, strongSum, 0)) {
            return expected;
        }
        for (; block != Signature.NONE; block = signature.next(block)) {
            if (signature.strongEquals(block, strongSum, 0)) {
                return block;
            }
        }
        credit -= length;
        return NONE;
    }

    private void take(int block, int length) throws IOException {
        flushLiterals(position);
        long start = (long) block * blockBytes;
        if (copyLength > 0 && copyStart + copyLength == start) {
            copyLength += length;
        } else {
            flushCopy();
            copyStart = start;
            copyLength = length;
        }
        expected = block + 1;
        position += length;
        literalStart = position;
    }

    /** Where the source ends, the basis's last block, which may be shorter than the others, is looked for at every length left. */
    private void matchLastBlock() throws IOException {
        int last = signature.blocks() - 1;
        if (last < 0 || position >= end) {
            return;
        }
        sumWindow(end - position);
        for (; position < end; position++) {
            if (sum.value() == signature.weak(last) && credit >= 0) {
                int length = end - position;
                if (signature.strongEquals(last, strong.of(buffer, position, length), 0)) {
                    take(last, length);
                    return;
                }
                credit -= length;
            }
            sum.rollOut(buffer[position]);
        }
    }

    private void flushLiterals(int to) throws IOException {
        if (to > literalStart) {
            flushCopy();
            Command.writeLiteral(out, buffer, literalStart, to - literalStart);
            literalStart = to;
        }
    }

    private void flushCopy() throws IOException {
        if (copyLength > 0) {
            Command.writeCopy(out, copyStart, copyLength);
            copyLength = 0;
        }
    }
}
