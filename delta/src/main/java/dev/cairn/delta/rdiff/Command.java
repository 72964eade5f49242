package dev.cairn.delta.rdiff;

import java.io.DataOutputStream;
import java.io.IOException;

/** The commands of a delta, and how they are written: each number in the least of 1, 2, 4 and 8 bytes. */
final class Command {
    /** Ends a delta. */
    static final int END = 0x00;
    /** The last of the commands that are themselves the length of a literal. */
    static final int LITERAL_INLINE_MAX = 0x40;
    /** The first of four: a literal whose length follows in 1, 2, 4 or 8 bytes. */
    static final int LITERAL = 0x41;
    /** The first of sixteen: a copy whose start and length follow; four widths of the length for each width of the start. */
    static final int COPY = 0x45;
    /** The last copy command. */
    static final int COPY_MAX = 0x54;

    private Command() {}

    static void writeLiteral(DataOutputStream out, byte[] data, int offset, int length) throws IOException {
        if (length <= LITERAL_INLINE_MAX) {
            out.writeByte(length);
        } else {
            int width = widthIndex(length);
            out.writeByte(LITERAL + width);
            writeNumber(out, length, width);
        }
        out.write(data, offset, length);
    }

    static void writeCopy(DataOutputStream out, long start, long length) throws IOException {
        int startWidth = widthIndex(start);
        int lengthWidth = widthIndex(length);
        out.writeByte(COPY + 4 * startWidth + lengthWidth);
        writeNumber(out, start, startWidth);
        writeNumber(out, length, lengthWidth);
    }

    private static int widthIndex(long number) {
        if (number < 1L << 8) {
            return 0;
        }
        if (number < 1L << 16) {
            return 1;
        }
        return number < 1L << 32 ? 2 : 3;
    }

    private static void writeNumber(DataOutputStream out, long number, int widthIndex) throws IOException {
        switch (widthIndex) {
            case 0 -> out.writeByte((int) number);
            case 1 -> out.writeShort((int) number);
            case 2 -> out.writeInt((int) number);
            default -> out.writeLong(number);
        }
    }
}
