package dev.cairn.replicator.protocol;

import dev.cairn.cas.Sha256;
import java.nio.ByteBuffer;

/** SHA-256 of a sealed record: names its very bytes, which an object's id does not. */
public record RecordDigest(long word0, long word1, long word2, long word3) {

    /** Length in bytes. */
    public static final int BYTES = 32;

    /** The digest of a record's bytes. */
    public static RecordDigest of(byte[] record) {
        return read(ByteBuffer.wrap(Sha256.of(record)));
    }

    /** Reads {@value #BYTES} bytes and moves {@code buffer} behind them. */
    static RecordDigest read(ByteBuffer buffer) {
        return new RecordDigest(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
    }

    /** Writes {@value #BYTES} bytes and moves {@code buffer} behind them. */
    public void write(ByteBuffer buffer) {
        buffer.putLong(word0).putLong(word1).putLong(word2).putLong(word3);
    }
}
