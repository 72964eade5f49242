package dev.cairn.cas.lmdb;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Rows in memory, put there byte by byte: an index whose every byte a test decides on. */
final class HeapRows implements ReadView {

    private final Map<Table, NavigableMap<byte[], byte[]>> tables = new EnumMap<>(Table.class);

    HeapRows put(Table table, byte[] key, byte[] row) {
        rows(table).put(key, row);
        return this;
    }

    /** Puts a row whose checksum is right, whatever it holds. */
    HeapRows putSealed(Table table, byte[] key, byte[] value) {
        return put(table, key, sealed(table, key, value));
    }

    /** The value with its checksum. */
    static byte[] sealed(Table table, byte[] key, byte[] value) {
        return RowCheck.seal(table, key, ByteBuffer.allocate(value.length).put(value));
    }

    private NavigableMap<byte[], byte[]> rows(Table table) {
        return tables.computeIfAbsent(table, _ -> new TreeMap<>(Arrays::compareUnsigned));
    }

    @Override
    public @Nullable ByteBuffer get(Table table, byte[] key) {
        byte[] row = rows(table).get(key);
        return row == null ? null : ByteBuffer.wrap(row);
    }

    @Override
    public void scan(Table table, byte @Nullable [] from, RowVisitor visitor) {
        NavigableMap<byte[], byte[]> rows = rows(table);
        for (Map.Entry<byte[], byte[]> row : (from == null ? rows : rows.tailMap(from, true)).entrySet()) {
            if (!visitor.row(ByteBuffer.wrap(row.getKey()), ByteBuffer.wrap(row.getValue()))) {
                return;
            }
        }
    }

    @Override
    public long transaction() {
        return 1;
    }

    @Override
    public long entries(Table table) {
        return rows(table).size();
    }
}
