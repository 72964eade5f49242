package dev.cairn.cas.lmdb;

import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.Sha256;
import java.nio.ByteBuffer;

/**
 * Where a record is and what its bytes must be.
 *
 * @param container key of its container in the volume
 * @param offset of its first byte in the container
 * @param live how many rows of the object table name it; at 0 the row goes
 * @param uploader who sent it, 0 for this machine
 * @param digest SHA-256 of its bytes
 */
record RecordRow(
        int volume,
        long container,
        int offset,
        int length,
        RecordKind kind,
        int depth,
        int epoch,
        int live,
        int uploader,
        byte[] digest) {

    /** The highest sequence: what the row of an object has room for. */
    static final long SEQUENCE_MAX = (1L << 56) - 1;

    private static final int BYTES = 4 + 8 + 4 + 4 + 1 + 1 + 4 + 4 + 4 + Sha256.BYTES;

    static byte[] key(long sequence) {
        return ByteBuffer.allocate(8).putLong(sequence).array();
    }

    byte[] encode(long sequence) {
        ByteBuffer value = ByteBuffer.allocate(BYTES);
        value.putInt(volume).putLong(container).putInt(offset).putInt(length);
        value.put((byte) kind.code())
                .put((byte) depth)
                .putInt(epoch)
                .putInt(live)
                .putInt(uploader);
        return RowCheck.seal(Table.RECORDS, key(sequence), value.put(digest));
    }

    static RecordRow decode(byte[] key, ByteBuffer row) {
        ByteBuffer value = RowCheck.open(Table.RECORDS, key, row);
        if (key.length != 8 || value.remaining() != BYTES) {
            throw RowCheck.damaged(Table.RECORDS, key, BYTES + " bytes", value.remaining() + " bytes");
        }
        int volume = value.getInt();
        long container = value.getLong();
        int offset = value.getInt();
        int length = value.getInt();
        RecordKind kind = kind(value.get(), Table.RECORDS, key);
        int depth = value.get();
        int epoch = value.getInt();
        int live = value.getInt();
        int uploader = value.getInt();
        byte[] digest = new byte[Sha256.BYTES];
        value.get(digest);
        if (offset < 0 || length < 1 || length > RecordHeader.RECORD_BYTES_MAX || live < 0 || depth < 0) {
            throw RowCheck.damaged(Table.RECORDS, key, "a place in a container", length + " bytes at " + offset);
        }
        return new RecordRow(volume, container, offset, length, kind, depth, epoch, live, uploader, digest);
    }

    RecordRow withLive(int count) {
        return new RecordRow(volume, container, offset, length, kind, depth, epoch, count, uploader, digest);
    }

    static RecordKind kind(int code, Table table, byte[] key) {
        for (RecordKind kind : RecordKind.values()) {
            if (kind.code() == code) {
                return kind;
            }
        }
        throw RowCheck.damaged(table, key, "a known kind of record", "kind " + code);
    }
}
