package dev.cairn.replicator.protocol;

import java.nio.ByteBuffer;

/** Stands for a set of notes: equal sets have equal digests. Zero for none. */
public record NoteDigest(long high, long low) {

    /** Length, in bytes. */
    public static final int BYTES = 16;

    /** That of no notes. */
    public static final NoteDigest NONE = new NoteDigest(0, 0);

    static NoteDigest read(ByteBuffer buffer) {
        return new NoteDigest(buffer.getLong(), buffer.getLong());
    }

    void write(ByteBuffer buffer) {
        buffer.putLong(high).putLong(low);
    }
}
