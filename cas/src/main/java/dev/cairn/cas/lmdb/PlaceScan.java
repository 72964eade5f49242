package dev.cairn.cas.lmdb;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.PlaceVisitor;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** A walk over the rows of all volumes and records. Holds a page of rows at a time, as {@link RecordScan} does, and reads no volume. */
final class PlaceScan {

    private static final int PAGE_ROWS = 1024;

    private final Replica replica;

    private record Row(byte[] key, byte[] value) {}

    PlaceScan(Replica replica) {
        this.replica = replica;
    }

    void run(PlaceVisitor visitor) {
        scan(Table.VOLUMES, visitor, row -> {
            VolumeRow volume = VolumeRow.decode(row.key(), ByteBuffer.wrap(row.value()));
            visitor.volume(ByteBuffer.wrap(row.key()).getInt(), volume.bytes());
        });
        scan(Table.RECORDS, visitor, row -> {
            RecordRow record = RecordRow.decode(row.key(), ByteBuffer.wrap(row.value()));
            long sequence = ByteBuffer.wrap(row.key()).getLong();
            visitor.record(sequence, record.kind(), record.volume(), record.length());
        });
    }

    private void scan(Table table, PlaceVisitor visitor, Consumer<Row> taker) {
        RowPages<Row> rows =
                new RowPages<>(replica, table, PAGE_ROWS, (key, value) -> new Row(key, IndexView.bytes(value)));
        rows.forEach(null, row -> {
            try {
                taker.accept(row);
            } catch (CorruptDataException e) {
                visitor.damaged(e);
            }
        });
    }
}
