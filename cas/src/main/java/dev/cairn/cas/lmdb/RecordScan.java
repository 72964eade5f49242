package dev.cairn.cas.lmdb;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordVisitor;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreAccessException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A walk over all records in disk order. Holds a page of rows at a time, and no transaction while the visitor runs. A record that is
 * collected meanwhile is passed over: its volume may be gone.
 */
final class RecordScan {

    private static final int PAGE_ROWS = 256;

    private final Replica replica;
    private final Set<RecordKind> kinds;
    private final IntPredicate epochs;

    private record Found(
            byte[] key, @Nullable RecordRow row, @Nullable CorruptDataException damage) {

        static Found of(byte[] key, ByteBuffer value) {
            try {
                return new Found(key, RecordRow.decode(key, value), null);
            } catch (CorruptDataException e) {
                return new Found(key, null, e);
            }
        }

        /** The record's number; of a damaged key, what its first bytes say. */
        long sequence() {
            return ByteBuffer.wrap(Arrays.copyOf(key, Long.BYTES)).getLong();
        }
    }

    RecordScan(Replica replica, Set<RecordKind> kinds, IntPredicate epochs) {
        this.replica = replica;
        this.epochs = epochs;
        this.kinds = kinds;
    }

    void run(RecordVisitor visitor) {
        new RowPages<>(replica, Table.RECORDS, PAGE_ROWS, Found::of).forEach(null, found -> show(found, visitor));
    }

    private void show(Found found, RecordVisitor visitor) {
        SealedRecord record = null;
        CorruptDataException damage = found.damage;
        if (found.row != null) {
            if (!kinds.contains(found.row.kind())
                    || !epochs.test(found.row.epoch())
                    || !visitor.isWanted(found.sequence())) {
                return;
            }
            try {
                record = replica.read(found.sequence(), found.row);
            } catch (CorruptDataException | StoreAccessException e) {
                if (!replica.hasRecord(found.sequence())) {
                    return;
                }
                if (!(e instanceof CorruptDataException corrupt)) {
                    throw e;
                }
                damage = corrupt;
            }
        }
        if (record != null) {
            visitor.record(found.sequence(), record);
        } else if (damage != null) {
            visitor.damaged(found.sequence(), damage);
        }
    }
}
