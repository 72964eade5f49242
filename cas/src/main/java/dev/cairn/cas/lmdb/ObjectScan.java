package dev.cairn.cas.lmdb;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectVisitor;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A walk over all ids of the index, in their order. Holds a page of rows at a time, as {@link RecordScan} does. */
final class ObjectScan {

    private static final int PAGE_ROWS = 1024;

    private final Replica replica;

    private record Found(
            byte[] key, @Nullable ObjectRow row, @Nullable CorruptDataException damage) {

        static Found of(byte[] key, ByteBuffer value) {
            try {
                return new Found(key, ObjectRow.decode(key, value), null);
            } catch (CorruptDataException e) {
                return new Found(key, null, e);
            }
        }
    }

    ObjectScan(Replica replica) {
        this.replica = replica;
    }

    void run(ObjectVisitor visitor) {
        new RowPages<>(replica, Table.OBJECTS, PAGE_ROWS, Found::of).forEach(null, found -> {
            if (found.row != null) {
                visitor.object(ObjectId.of(found.key), found.row.type(), found.row.refs());
            } else if (found.damage != null) {
                visitor.damaged(found.damage);
            }
        });
    }
}
