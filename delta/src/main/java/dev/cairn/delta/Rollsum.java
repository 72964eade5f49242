package dev.cairn.delta;

/**
 * The checksum of rsync and of librsync's older signatures: two 16-bit sums, the low one of the bytes, the high one of its own history,
 * with 31 added to every byte.
 *
 * <p>After Tridgell, "Efficient Algorithms for Sorting and Synchronization", 1999.
 */
public final class Rollsum implements RollingChecksum {
    /** What is added to every byte, so that zeros count. */
    public static final int BYTE_OFFSET = 31;

    private int low;
    private int high;
    private long length;

    @Override
    public void reset() {
        low = 0;
        high = 0;
        length = 0;
    }

    @Override
    public void append(byte[] bytes, int offset, int count) {
        int sum = low;
        int history = high;
        int end = offset + count;
        int i = offset;
        // Four at a time, so that one addition need not wait for the other.
        for (; i <= end - 4; i += 4) {
            int first = (bytes[i] & 0xFF) + BYTE_OFFSET;
            int second = (bytes[i + 1] & 0xFF) + BYTE_OFFSET;
            int third = (bytes[i + 2] & 0xFF) + BYTE_OFFSET;
            int fourth = (bytes[i + 3] & 0xFF) + BYTE_OFFSET;
            history += 4 * (sum + first) + 3 * second + 2 * third + fourth;
            sum += first + second + third + fourth;
        }
        for (; i < end; i++) {
            sum += (bytes[i] & 0xFF) + BYTE_OFFSET;
            history += sum;
        }
        low = sum;
        high = history;
        length += count;
    }

    @Override
    public void rollIn(byte in) {
        low += (in & 0xFF) + BYTE_OFFSET;
        high += low;
        length++;
    }

    @Override
    public void rollOut(byte out) {
        if (length == 0) {
            throw new IllegalStateException("the window is empty");
        }
        int gone = (out & 0xFF) + BYTE_OFFSET;
        low -= gone;
        high -= (int) length * gone;
        length--;
    }

    @Override
    public void roll(byte out, byte in) {
        if (length == 0) {
            throw new IllegalStateException("the window is empty");
        }
        low += (in & 0xFF) - (out & 0xFF);
        high += low - (int) length * ((out & 0xFF) + BYTE_OFFSET);
    }

    @Override
    public int value() {
        return (high << 16) | (low & 0xFFFF);
    }

    @Override
    public long length() {
        return length;
    }
}
