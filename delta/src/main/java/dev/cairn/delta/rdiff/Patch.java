package dev.cairn.delta.rdiff;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Rebuilds a new file from its basis and a delta, as a stream: memory is one buffer of 64 KiB, whatever lengths the delta announces.
 */
public final class Patch {
    /** The number a delta begins with. */
    static final int MAGIC = 0x72730236;

    private static final int BUFFER_BYTES = 1 << 16;

    private final Basis basis;
    private final long basisBytes;
    private final InputStream delta;
    private final OutputStream target;
    private final long targetBytesMax;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private long deltaOffset;
    private long written;

    private Patch(Basis basis, InputStream delta, OutputStream target, long targetBytesMax) throws IOException {
        this.basis = basis;
        this.basisBytes = basis.length();
        this.delta = delta;
        this.target = target;
        this.targetBytesMax = targetBytesMax;
    }

    /**
     * Applies a delta up to its end command and writes the new file. What follows the end command is not read, so {@code delta} should be
     * buffered by the caller. Closes nothing; the target is flushed. What was written before a failure is part of a wrong file: the caller
     * discards it.
     *
     * @param targetBytesMax the longest new file accepted: a short delta can announce an endless one
     * @return the length of the new file
     * @throws RdiffFormatException if the delta is damaged, cut short, reaches beyond the basis or announces more than {@code
     *     targetBytesMax}
     */
    public static long apply(Basis basis, InputStream delta, OutputStream target, long targetBytesMax)
            throws IOException {
        BufferedOutputStream buffered = new BufferedOutputStream(target, BUFFER_BYTES);
        Patch patch = new Patch(basis, delta, buffered, targetBytesMax);
        patch.run();
        buffered.flush();
        return patch.written;
    }

    private void run() throws IOException {
        long magic = number(Integer.BYTES);
        if (magic != MAGIC) {
            throw new RdiffFormatException(0, "not a delta: begins with %08x, not %08x".formatted(magic, MAGIC));
        }
        while (true) {
            long at = deltaOffset;
            int command = octet();
            if (command == Command.END) {
                return;
            } else if (command <= Command.LITERAL_INLINE_MAX) {
                literal(at, command);
            } else if (command < Command.COPY) {
                literal(at, number(1 << (command - Command.LITERAL)));
            } else if (command <= Command.COPY_MAX) {
                int widths = command - Command.COPY;
                long start = number(1 << (widths >> 2));
                copy(at, start, number(1 << (widths & 3)));
            } else {
                throw new RdiffFormatException(at, "no command %02x".formatted(command));
            }
        }
    }

    private void literal(long at, long length) throws IOException {
        checkLength(at, length);
        for (long rest = length; rest > 0; ) {
            int part = (int) Math.min(rest, buffer.length);
            int read = delta.readNBytes(buffer, 0, part);
            deltaOffset += read;
            if (read < part) {
                throw new RdiffFormatException(
                        deltaOffset, "the delta ends in a literal of %d bytes".formatted(length));
            }
            target.write(buffer, 0, part);
            rest -= part;
        }
    }

    private void copy(long at, long start, long length) throws IOException {
        checkLength(at, length);
        if (start < 0 || start > basisBytes - length) {
            throw new RdiffFormatException(
                    at, "copy of %d bytes at %d reaches beyond the basis of %d".formatted(length, start, basisBytes));
        }
        for (long done = 0; done < length; ) {
            int part = (int) Math.min(length - done, buffer.length);
            basis.readFully(start + done, buffer, 0, part);
            target.write(buffer, 0, part);
            done += part;
        }
    }

    private void checkLength(long at, long length) throws RdiffFormatException {
        if (length <= 0) {
            throw new RdiffFormatException(at, "length %d of a command".formatted(length));
        }
        if (length > targetBytesMax - written) {
            throw new RdiffFormatException(
                    at, "the new file passes the limit of %d bytes with %d more".formatted(targetBytesMax, length));
        }
        written += length;
    }

    /** An unsigned number; eight bytes may come out negative, which no length or position is. */
    private long number(int width) throws IOException {
        long value = 0;
        for (int i = 0; i < width; i++) {
            value = (value << 8) | octet();
        }
        return value;
    }

    private int octet() throws IOException {
        int octet = delta.read();
        if (octet < 0) {
            throw new RdiffFormatException(deltaOffset, "the delta ends without an end command");
        }
        deltaOffset++;
        return octet;
    }
}
