package dev.cairn.replicator.protocol;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a body into frames: a varint with the length, then that many bytes. Keeps the beginning of a frame between calls.
 *
 * <p>Memory: one frame of at most the given limit, which is taken as its bytes arrive, never on the word of its prefix
 * alone. Not thread-safe.
 */
public final class FrameReader {

    private static final int FIRST_BYTES = 64 << 10;
    private static final int PREFIX_BYTES_MAX = 5;

    private final int frameBytesMax;
    private byte[] frame = new byte[0];
    private int filled;
    private int length = -1;
    private long prefix;
    private int prefixBytes;

    /** A reader of frames of at most {@code frameBytesMax} bytes. */
    public FrameReader(int frameBytesMax) {
        this.frameBytesMax = frameBytesMax;
    }

    /**
     * The frames that end in {@code bytes}, in their order.
     *
     * @throws MalformedMessageException if a frame is longer than allowed; the reader is of no use afterwards
     */
    public List<byte[]> read(byte[] bytes) {
        List<byte[]> frames = new ArrayList<>();
        int at = 0;
        while (at < bytes.length) {
            if (length < 0) {
                at = readPrefix(bytes, at);
                if (length < 0) {
                    break;
                }
            }
            int taken = Math.min(length - filled, bytes.length - at);
            reserve(filled + taken);
            System.arraycopy(bytes, at, frame, filled, taken);
            filled += taken;
            at += taken;
            if (filled == length) {
                frames.add(frame.length == length ? frame : Arrays.copyOf(frame, length));
                frame = new byte[0];
                filled = 0;
                length = -1;
            }
        }
        return frames;
    }

    /** Whether the body may end here: nothing of a further frame has come. */
    public boolean atFrameEnd() {
        return length < 0 && prefixBytes == 0;
    }

    private int readPrefix(byte[] bytes, int from) {
        int at = from;
        while (at < bytes.length) {
            byte next = bytes[at++];
            if (prefixBytes == PREFIX_BYTES_MAX) {
                throw MalformedMessageException.because("the length of a frame has more than 5 bytes");
            }
            prefix |= (next & 0x7fL) << (7 * prefixBytes);
            prefixBytes++;
            if (next >= 0) {
                if (prefix > frameBytesMax) {
                    throw MalformedMessageException.tooLarge("bytes of a frame", frameBytesMax, prefix);
                }
                length = (int) prefix;
                prefix = 0;
                prefixBytes = 0;
                frame = new byte[Math.min(length, FIRST_BYTES)];
                return at;
            }
        }
        return at;
    }

    private void reserve(int needed) {
        if (needed > frame.length) {
            frame = Arrays.copyOf(frame, (int) Math.min(length, Math.max(needed, frame.length * 2L)));
        }
    }
}
