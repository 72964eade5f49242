package dev.cairn.cas.lmdb;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.PlaceVisitor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

    /** Takes one row. */
    private interface RowTaker {
        void take(Row row);
    }

    private void scan(Table table, PlaceVisitor visitor, RowTaker taker) {
        byte[] after = null;
        for (List<Row> page = page(table, after); !page.isEmpty(); page = page(table, after)) {
            for (Row row : page) {
                try {
                    taker.take(row);
                } catch (CorruptDataException e) {
                    visitor.damaged(e);
                }
            }
            after = page.getLast().key();
        }
    }

    private List<Row> page(Table table, byte @Nullable [] after) {
        return replica.readRows(view -> {
            List<Row> page = new ArrayList<>(PAGE_ROWS);
            view.scan(table, after, (key, value) -> {
                byte[] bytes = IndexView.bytes(key);
                if (!Arrays.equals(bytes, after)) {
                    page.add(new Row(bytes, IndexView.bytes(value)));
                }
                return page.size() < PAGE_ROWS;
            });
            return page;
        });
    }
}
