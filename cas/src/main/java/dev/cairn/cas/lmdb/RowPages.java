package dev.cairn.cas.lmdb;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one table in the order of their keys, a page at a time: one page is held, and no transaction while a visitor runs.
 *
 * @param <R> what is kept of a row
 */
final class RowPages<R> {

    private final Replica replica;
    private final Table table;
    private final int pageRows;
    private final Reading<R> reading;

    /** Makes of a row what is kept of it; what it throws ends the walk. The value is valid until it returns. */
    @FunctionalInterface
    interface Reading<R> {
        R read(byte[] key, ByteBuffer value);
    }

    private record Found<R>(byte[] key, R row) {}

    RowPages(Replica replica, Table table, int pageRows, Reading<R> reading) {
        this.replica = replica;
        this.table = table;
        this.pageRows = pageRows;
        this.reading = reading;
    }

    /** Shows every row from {@code from} on (inclusive; null for the first) to {@code visitor}. */
    void forEach(byte @Nullable [] from, Consumer<R> visitor) {
        List<Found<R>> page = page(from, null);
        while (!page.isEmpty()) {
            page.forEach(found -> visitor.accept(found.row));
            byte[] last = page.getLast().key;
            page = page(last, last);
        }
    }

    /** The rows of one page from {@code from} on (inclusive). */
    List<R> page(byte[] from) {
        return page(from, null).stream().map(Found::row).toList();
    }

    private List<Found<R>> page(byte @Nullable [] from, byte @Nullable [] seen) {
        List<Found<R>> page = new ArrayList<>(pageRows);
        replica.readRows(view -> {
            view.scan(table, from, (key, value) -> {
                byte[] bytes = IndexView.bytes(key);
                if (!Arrays.equals(bytes, seen)) {
                    page.add(new Found<>(bytes, reading.read(bytes, value)));
                }
                return page.size() < pageRows;
            });
            return page;
        });
        return page;
    }
}
