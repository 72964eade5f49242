package dev.cairn.cas.snapshot.archive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One header block of a tar archive, its checksum checked, its fields as they stand there.
 *
 * @param name prefix included
 * @param block a copy of the block, for what only some kinds have
 */
record TarHeader(
        char type,
        byte[] name,
        byte[] link,
        int mode,
        long uid,
        long gid,
        byte[] user,
        byte[] group,
        long size,
        long mtime,
        long major,
        long minor,
        byte[] block) {

    private static final int CHECKSUM_AT = 148;
    private static final int CHECKSUM_BYTES = 8;
    private static final byte[] USTAR = "ustar".getBytes(StandardCharsets.US_ASCII);
    private static final int MODE_MASK = 07777;

    /**
     * Parses a header.
     *
     * @param at where it stands, for messages
     * @throws ArchiveException if it is none
     */
    static TarHeader parse(byte[] block, long at) throws IOException {
        if (!isHeader(block)) {
            throw ArchiveException.damaged(
                    "what stands at byte %,d is no header of a member: its checksum is wrong".formatted(at));
        }
        boolean ustar = Arrays.equals(block, 257, 262, USTAR, 0, USTAR.length);
        boolean posix = ustar && block[262] == 0;
        byte[] name = text(block, 0, 100);
        if (posix && block[345] != 0) {
            byte[] prefix = text(block, 345, 155);
            byte[] joined = Arrays.copyOf(prefix, prefix.length + 1 + name.length);
            joined[prefix.length] = '/';
            System.arraycopy(name, 0, joined, prefix.length + 1, name.length);
            name = joined;
        }
        char type = (char) (block[156] & 0xFF);
        boolean device = ustar && (type == '3' || type == '4');
        return new TarHeader(
                type,
                name,
                text(block, 157, 100),
                (int) (number(block, 100, 8, "a mode") & MODE_MASK),
                number(block, 108, 8, "a user id"),
                number(block, 116, 8, "a group id"),
                ustar ? text(block, 265, 32) : new byte[0],
                ustar ? text(block, 297, 32) : new byte[0],
                number(block, 124, 12, "a size"),
                number(block, 136, 12, "a time"),
                device ? number(block, 329, 8, "a device number") : 0,
                device ? number(block, 337, 8, "a device number") : 0,
                block.clone());
    }

    /** Whether a block is a header: whether its checksum, of bytes with or without a sign, is right. */
    static boolean isHeader(byte[] block) {
        long stated;
        try {
            stated = number(block, CHECKSUM_AT, CHECKSUM_BYTES, "a checksum");
        } catch (IOException e) {
            return false;
        }
        long unsigned = 0;
        long signed = 0;
        for (int i = 0; i < TarReader.BLOCK_BYTES; i++) {
            boolean inside = i >= CHECKSUM_AT && i < CHECKSUM_AT + CHECKSUM_BYTES;
            unsigned += inside ? ' ' : block[i] & 0xFF;
            signed += inside ? ' ' : block[i];
        }
        return stated == unsigned || stated == signed;
    }

    /**
     * A number: octal digits among spaces, up to a zero byte; or, with the highest bit set, to base 256, in two's complement. A field
     * of zeros or spaces is 0.
     */
    static long number(byte[] block, int offset, int length, String what) throws IOException {
        if ((block[offset] & 0x80) != 0) {
            boolean negative = (block[offset] & 0x40) != 0;
            long value = negative ? -1 : 0;
            for (int i = offset; i < offset + length; i++) {
                int octet = i == offset ? (block[i] & 0x3F) | (negative ? 0xC0 : 0) : block[i] & 0xFF;
                if (value != (value << 8) >> 8) {
                    throw ArchiveException.damaged(what + " that is larger than 2^63");
                }
                value = (value << 8) | octet;
            }
            return value;
        }
        int i = offset;
        int end = offset + length;
        while (i < end && block[i] == ' ') {
            i++;
        }
        long value = 0;
        while (i < end && block[i] >= '0' && block[i] <= '7') {
            value = 8 * value + block[i++] - '0';
        }
        if (i < end && block[i] != 0 && block[i] != ' ') {
            throw ArchiveException.damaged(what + " that is no number");
        }
        return value;
    }

    private static byte[] text(byte[] block, int offset, int length) {
        int end = offset;
        while (end < offset + length && block[end] != 0) {
            end++;
        }
        return Arrays.copyOfRange(block, offset, end);
    }
}
