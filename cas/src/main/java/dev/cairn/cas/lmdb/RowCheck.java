package dev.cairn.cas.lmdb;

import dev.cairn.cas.CorruptDataException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * The checksum that every row of the index ends with: CRC-32C over the table's code, the key and the value before it. LMDB's
 * pages carry none.
 */
final class RowCheck {

    static final int CRC_BYTES = 4;

    private RowCheck() {}

    /** The value of a row: what {@code value} holds before its position, and the checksum. */
    static byte[] seal(Table table, byte[] key, ByteBuffer value) {
        byte[] sealed = new byte[value.position() + CRC_BYTES];
        value.flip().get(sealed, 0, sealed.length - CRC_BYTES);
        ByteBuffer buffer = ByteBuffer.wrap(sealed);
        buffer.putInt(sealed.length - CRC_BYTES, crc(table, key, buffer.slice(0, sealed.length - CRC_BYTES)));
        return sealed;
    }

    /**
     * The value of a row without its checksum, at position 0.
     *
     * @throws CorruptDataException if the checksum does not fit
     */
    static ByteBuffer open(Table table, byte[] key, ByteBuffer row) {
        int length = row.remaining() - CRC_BYTES;
        if (length < 0) {
            throw damaged(table, key, "a row with a checksum", row.remaining() + " bytes");
        }
        ByteBuffer value = row.slice(row.position(), length);
        if (row.getInt(row.position() + length) != crc(table, key, value.duplicate())) {
            throw damaged(table, key, "the checksum of a row", "another");
        }
        return value;
    }

    static CorruptDataException damaged(Table table, byte[] key, String expected, String actual) {
        return new CorruptDataException(
                "index, table " + table.lmdbName() + ", key " + HexFormat.of().formatHex(key), expected, actual);
    }

    private static int crc(Table table, byte[] key, ByteBuffer value) {
        CRC32C crc = new CRC32C();
        crc.update(table.code());
        crc.update(key);
        crc.update(value);
        return (int) crc.getValue();
    }
}
