package dev.cairn.replicator.protocol;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 of a sealed record: names its very bytes, which an object's id does not. */
public record RecordDigest(long word0, long word1, long word2, long word3) {

    /** Length in bytes. */
    public static final int BYTES = 32;

    /** The digest of a record's bytes. */
    public static RecordDigest of(byte[] record) {
        try {
            return read(ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(record)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
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
