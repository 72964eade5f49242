package dev.cairn.cas.lmdb;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectVisitor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A walk over all ids of the index, in their order. Holds a page of rows at a time, as {@link RecordScan} does. */
final class ObjectScan {

    private static final int PAGE_ROWS = 1024;

    private final Replica replica;

    private record Found(
            byte[] key, @Nullable ObjectRow row, @Nullable CorruptDataException damage) {}

    ObjectScan(Replica replica) {
        this.replica = replica;
    }

    void run(ObjectVisitor visitor) {
        byte[] after = null;
        for (List<Found> page = page(after); !page.isEmpty(); page = page(after)) {
            for (Found found : page) {
                if (found.row != null) {
                    visitor.object(ObjectId.of(found.key), found.row.type(), found.row.refs());
                } else if (found.damage != null) {
                    visitor.damaged(found.damage);
                }
            }
            after = page.getLast().key;
        }
    }

    private List<Found> page(byte @Nullable [] after) {
        List<Found> page = new ArrayList<>(PAGE_ROWS);
        replica.readRows(view -> {
            view.scan(Table.OBJECTS, after, (key, value) -> {
                byte[] bytes = IndexView.bytes(key);
                if (!Arrays.equals(bytes, after)) {
                    try {
                        page.add(new Found(bytes, ObjectRow.decode(bytes, value), null));
                    } catch (CorruptDataException e) {
                        page.add(new Found(bytes, null, e));
                    }
                }
                return page.size() < PAGE_ROWS;
            });
            return page;
        });
        return page;
    }
}
