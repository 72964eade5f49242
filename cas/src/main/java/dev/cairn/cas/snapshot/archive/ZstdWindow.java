package dev.cairn.cas.snapshot.archive;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** How much of what it has decoded a Zstandard frame refers back to: memory that its reader takes beside the heap (RFC 8878, 3.1.1.1). */
final class ZstdWindow {

    /** What the library takes without being told to take more: what {@code zstd -d} takes, and any level without {@code --ultra} needs. */
    private static final long WINDOW_BYTES_MAX = 128 << 20;

    private static final int MAGIC_BYTES = 4;
    private static final int SINGLE_SEGMENT = 0x20;

    private ZstdWindow() {}

    /**
     * Refuses a frame whose window is larger, before any memory is taken for it. A later frame is refused by the library.
     *
     * @param begin of the frame; one that is cut off is left to the library
     */
    static void require(byte[] begin) throws ArchiveException {
        long window = bytes(begin);
        if (Long.compareUnsigned(window, WINDOW_BYTES_MAX) > 0) {
            throw ArchiveException.unsupported(
                    "it is compressed with a window of %s bytes, more than %d"
                            .formatted(Long.toUnsignedString(window), WINDOW_BYTES_MAX),
                    "Decompress it first: zstd -dc --long=31 FILE | cairn import -");
        }
    }

    private static long bytes(byte[] begin) {
        if (begin.length < MAGIC_BYTES + 14) {
            return 0;
        }
        ByteBuffer header =
                ByteBuffer.wrap(begin).order(ByteOrder.LITTLE_ENDIAN).position(MAGIC_BYTES);
        int descriptor = header.get();
        if ((descriptor & SINGLE_SEGMENT) == 0) {
            int window = Byte.toUnsignedInt(header.get());
            long base = 1L << (10 + (window >>> 3));
            return base + (base >>> 3) * (window & 7);
        }
        int dictionary = descriptor & 3;
        header.position(header.position() + (dictionary == 3 ? 4 : dictionary));
        return switch (descriptor >>> 6 & 3) {
            case 0 -> Byte.toUnsignedLong(header.get());
            case 1 -> Short.toUnsignedLong(header.getShort()) + 256;
            case 2 -> Integer.toUnsignedLong(header.getInt());
            default -> header.getLong();
        };
    }
}
