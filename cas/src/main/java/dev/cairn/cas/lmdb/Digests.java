package dev.cairn.cas.lmdb;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;

/** The two checks of this package: SHA-256 for records, CRC-32C for what only accidents change. */
final class Digests {

    /** Length of a SHA-256 digest, in bytes. */
    static final int SHA256_BYTES = 32;

    private Digests() {}

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** CRC-32C of {@code length} bytes of {@code buffer} from {@code from}; the buffer's position stays. */
    static int crc32c(ByteBuffer buffer, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(from, length));
        return (int) crc.getValue();
    }
}
