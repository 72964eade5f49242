package dev.cairn.cas.lmdb;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.LocalTable;
import dev.cairn.cas.RecordFinding;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which records were found damaged, in one state of the index: rows of the local table {@value #TABLE}, sequence 8 to kind 1
 * (1 altered, 2 of no use). As short-lived as its {@link ReadView}.
 *
 * <p>Rows, and not a set on the heap: what is noted is seen by all processes and threads in the transaction in which it counts,
 * and takes no memory, however much of a disk is gone. Where nothing is noted that costs a look at the number of rows.
 */
final class DamageNotes {

    static final String TABLE = "damaged";

    private static final byte ALTERED = 1;
    private static final byte UNUSABLE = 2;

    private final ReadView view;
    private final @Nullable Table table;

    /** @param table the table of notes, null if none was ever made */
    DamageNotes(ReadView view, @Nullable Table table) {
        this.view = view;
        this.table = table == null || view.entries(table) == 0 ? null : table;
    }

    boolean isEmpty() {
        return table == null;
    }

    boolean has(long sequence) {
        return of(sequence) != null;
    }

    /** What is noted of a record, null if nothing is. */
    RecordFinding.@Nullable State of(long sequence) {
        if (table == null) {
            return null;
        }
        byte[] key = RecordRow.key(sequence);
        ByteBuffer row = view.get(table, key);
        return row == null ? null : state(table, key, row);
    }

    private static RecordFinding.State state(Table table, byte[] key, ByteBuffer row) {
        try {
            ByteBuffer value = RowCheck.open(table, key, row);
            return value.remaining() == 1 && value.get() == UNUSABLE
                    ? RecordFinding.State.UNUSABLE
                    : RecordFinding.State.ALTERED;
        } catch (CorruptDataException e) {
            // Somebody found something: whoever looks again finds out what.
            return RecordFinding.State.ALTERED;
        }
    }

    long count() {
        return table == null ? 0 : view.entries(table);
    }

    /** All notes, by sequence. */
    List<RecordFinding> all() {
        List<RecordFinding> all = new ArrayList<>();
        Table rows = table;
        if (rows != null) {
            view.scan(rows, null, (key, value) -> {
                byte[] bytes = IndexView.bytes(key);
                return bytes.length != 8
                        || all.add(new RecordFinding(
                                ByteBuffer.wrap(bytes).getLong() & RecordRow.SEQUENCE_MAX, state(rows, bytes, value)));
            });
        }
        return all;
    }

    /** Where a note of a record is, if there is one. */
    Optional<Place> key(long sequence) {
        return table == null || !has(sequence)
                ? Optional.empty()
                : Optional.of(new Place(table, RecordRow.key(sequence)));
    }

    /** A row of the table of notes. */
    record Place(Table table, byte[] key) {}

    /** The rows by which {@code findings} are noted, of those that change anything. */
    List<LocalTable.Row> rows(List<RecordFinding> findings) {
        List<LocalTable.Row> rows = new ArrayList<>();
        for (RecordFinding finding : findings) {
            RecordFinding.State before = of(finding.sequence());
            RecordFinding.State now = finding.state();
            byte[] key = RecordRow.key(finding.sequence());
            if (now.isDamage() && now != before) {
                rows.add(
                        new LocalTable.Row(key, new byte[] {now == RecordFinding.State.UNUSABLE ? UNUSABLE : ALTERED}));
            } else if (before != null && now.settles(before)) {
                rows.add(new LocalTable.Row(key, new byte[0]));
            }
        }
        return rows;
    }
}
