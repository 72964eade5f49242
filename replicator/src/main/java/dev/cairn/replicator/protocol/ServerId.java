package dev.cairn.replicator.protocol;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/** The name of a server, random, for the life of its data folder. */
public record ServerId(long high, long low) {

    /** Length, in bytes. */
    public static final int BYTES = 16;

    /** Reads an id from exactly {@value #BYTES} bytes. */
    public static ServerId of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw MalformedMessageException.because("a server id has 16 bytes, not " + bytes.length);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new ServerId(buffer.getLong(), buffer.getLong());
    }

    /** The 16 bytes, in a new array. */
    public byte[] bytes() {
        return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes());
    }
}
