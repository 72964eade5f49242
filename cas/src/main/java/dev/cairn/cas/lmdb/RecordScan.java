package dev.cairn.cas.lmdb;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordVisitor;
import dev.cairn.cas.SealedRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A walk over all records in disk order. Holds a page of rows at a time, and no transaction while the visitor runs. */
final class RecordScan {

    private static final int PAGE_ROWS = 256;

    private final Replica replica;
    private final Set<RecordKind> kinds;

    private record Found(
            long sequence,
            @Nullable RecordRow row,
            @Nullable CorruptDataException damage) {}

    RecordScan(Replica replica, Set<RecordKind> kinds) {
        this.replica = replica;
        this.kinds = kinds;
    }

    void run(RecordVisitor visitor) {
        long from = 0;
        for (List<Found> page = page(from); !page.isEmpty(); page = page(from)) {
            for (Found found : page) {
                show(found, visitor);
            }
            from = page.getLast().sequence + 1;
        }
    }

    private List<Found> page(long from) {
        List<Found> page = new ArrayList<>(PAGE_ROWS);
        replica.readRows(view -> {
            view.scan(Table.RECORDS, RecordRow.key(from), (key, value) -> {
                byte[] bytes = IndexView.bytes(key);
                long sequence = bytes.length == 8 ? key.getLong(key.position()) : from;
                try {
                    page.add(new Found(sequence, RecordRow.decode(bytes, value), null));
                } catch (CorruptDataException e) {
                    page.add(new Found(sequence, null, e));
                }
                return page.size() < PAGE_ROWS;
            });
            return page;
        });
        return page;
    }

    private void show(Found found, RecordVisitor visitor) {
        SealedRecord record = null;
        CorruptDataException damage = found.damage;
        if (found.row != null) {
            if (!kinds.contains(found.row.kind())) {
                return;
            }
            try {
                record = replica.reader().read(found.sequence, found.row);
            } catch (CorruptDataException e) {
                damage = e;
            }
        }
        if (record != null) {
            visitor.record(found.sequence, record);
        } else if (damage != null) {
            visitor.damaged(found.sequence, damage);
        }
    }
}
