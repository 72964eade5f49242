package dev.cairn.cas.memory;

import dev.cairn.cas.LocalTable;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A local table on the heap. */
final class InMemoryTable implements LocalTable {

    private final Map<ByteBuffer, byte[]> rows = new HashMap<>();

    @Override
    public synchronized Optional<byte[]> get(byte[] key) {
        return Optional.ofNullable(rows.get(ByteBuffer.wrap(LocalTable.requireKey(key))))
                .map(byte[]::clone);
    }

    @Override
    public synchronized void putAll(List<Row> all) {
        all.forEach(row -> LocalTable.requireKey(row.key()));
        for (Row row : all) {
            ByteBuffer key = ByteBuffer.wrap(row.key().clone());
            if (row.value().length == 0) {
                rows.remove(key);
            } else {
                rows.put(key, row.value().clone());
            }
        }
    }
}
