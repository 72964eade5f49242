package dev.cairn.delta.rdiff;

import java.util.Arrays;

/**
 * Strong sums of several blocks of one length at once, block {@code n} in lane {@code n}. One thread at a time; allocates nothing after its
 * making.
 *
 * <p>State and message lie word by word, each word an array with an element a lane, and every step of a sum is a loop over the lanes with
 * nothing in it but arithmetic: that is what the compiler makes vector instructions of. The loops are methods of their own and short, so that
 * they are compiled soon.
 */
abstract sealed class SumLanes permits Blake2bLanes, Md4Lanes {
    /** The most lanes. */
    static final int LANES_MAX = 64;

    /** With fewer, one block after the other is as fast. */
    static final int LANES_MIN = 8;

    private final int messageBytes;
    private final byte[] tails;

    /**
     * @param messageBytes what one step of the sum takes in
     * @param tailBytes room for the last bytes of a block and their padding
     */
    SumLanes(int messageBytes, int tailBytes) {
        this.messageBytes = messageBytes;
        this.tails = new byte[LANES_MAX * tailBytes];
    }

    /** Computes the sums of {@code lanes} blocks of {@code blockBytes}, 1 or more, that lie one behind the other from {@code offset} on. */
    final void sum(byte[] data, int offset, int blockBytes, int lanes) {
        begin(lanes);
        // The last bytes, even if they are a whole message, are padded apart.
        int whole = (blockBytes - 1) / messageBytes * messageBytes;
        for (int at = 0; at < whole; at += messageBytes) {
            take(data, offset + at, blockBytes, lanes, at + messageBytes, false);
        }
        int rest = blockBytes - whole;
        int tail = pad(rest);
        Arrays.fill(tails, (byte) 0);
        for (int lane = 0; lane < lanes; lane++) {
            System.arraycopy(data, offset + lane * blockBytes + whole, tails, lane * tail, rest);
            end(tails, lane * tail, rest, tail, blockBytes);
        }
        for (int at = 0; at < tail; at += messageBytes) {
            take(tails, at, tail, lanes, blockBytes, at + messageBytes == tail);
        }
    }

    abstract void begin(int lanes);

    /** Takes one message of each lane in; lane {@code n}'s lies at {@code offset + n * stride}. */
    abstract void take(byte[] data, int offset, int stride, int lanes, long count, boolean last);

    /** How long the last {@code rest} bytes of a block are with their padding. */
    abstract int pad(int rest);

    /** Completes the zeros behind the last {@code rest} bytes of a block. */
    abstract void end(byte[] tails, int offset, int rest, int tail, int blockBytes);

    /** Writes the sum of a lane's block to the beginning of {@code sum}. */
    abstract void write(int lane, byte[] sum);
}
