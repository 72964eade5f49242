package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.LocalTable;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * When the last drill was, and how it went: the one row of the local table {@value #TABLE}, key {@code last}: version 1 (1),
 * time 8 (milliseconds since 1970), files 8, bytes 8, faults 8, snapshot 32.
 */
public record DrillRecord(Instant time, long files, long bytes, long faults, ObjectId snapshot) {

    private static final String TABLE = "drill";
    private static final byte VERSION = 1;
    private static final int BYTES = 1 + 4 * Long.BYTES + ObjectId.BYTES;

    private static byte[] key() {
        return "last".getBytes(StandardCharsets.US_ASCII);
    }

    /** The last one of this replica; empty if there was none, or a later version wrote it. */
    public static Optional<DrillRecord> last(ObjectStore store) {
        return store.local(TABLE)
                .get(key())
                .filter(row -> row.length == BYTES && row[0] == VERSION)
                .map(row -> {
                    ByteBuffer value = ByteBuffer.wrap(row, 1, BYTES - 1);
                    Instant time = Instant.ofEpochMilli(value.getLong());
                    long files = value.getLong();
                    long bytes = value.getLong();
                    long faults = value.getLong();
                    byte[] snapshot = new byte[ObjectId.BYTES];
                    value.get(snapshot);
                    return new DrillRecord(time, files, bytes, faults, ObjectId.of(snapshot));
                });
    }

    /** Keeps this as the last one. Durable when it returns. */
    public void keep(ObjectStore store) {
        ByteBuffer value = ByteBuffer.allocate(BYTES).put(VERSION).putLong(time.toEpochMilli());
        value.putLong(files).putLong(bytes).putLong(faults).put(snapshot.bytes());
        store.local(TABLE).putAll(List.of(new LocalTable.Row(key(), value.array())));
    }
}
