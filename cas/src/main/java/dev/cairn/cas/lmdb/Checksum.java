package dev.cairn.cas.lmdb;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC-32C (RFC 3720, appendix B.4), for what only accidents change. Records have a SHA-256 beside it. */
final class Checksum {

    private Checksum() {}

    /** CRC-32C of {@code length} bytes of {@code buffer} from {@code from}; the buffer's position stays. */
    static int crc32c(ByteBuffer buffer, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(from, length));
        return (int) crc.getValue();
    }
}
