package dev.cairn.replicator.protocol;

import java.nio.ByteBuffer;

/** Names one push: what the server keeps for a client until its branches have moved. Drawn at random by the client. */
public record PushId(long high, long low) {

    /** Length, in bytes. */
    public static final int BYTES = 16;

    /** Reads an id from exactly {@value #BYTES} bytes. */
    public static PushId of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw MalformedMessageException.because("a push id has 16 bytes, not " + bytes.length);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new PushId(buffer.getLong(), buffer.getLong());
    }

    /** The 16 bytes, in a new array. */
    public byte[] bytes() {
        return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
    }
}
