package dev.cairn.cas.lmdb;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One consistent state of an environment. Buffers point into the map: they are valid until the next call on the same view,
 * and must not be kept. Not thread-safe.
 */
interface ReadView {

    /** The value of {@code key}, big-endian, or null. */
    @Nullable
    ByteBuffer get(Table table, byte[] key);

    /** Shows rows from {@code from} (inclusive; null for the first) in key order, until the visitor returns false. */
    void scan(Table table, byte @Nullable [] from, RowVisitor visitor);

    /** The number of the transaction that made this state; of a write transaction, its own. */
    long transaction();

    /** How many rows a table has. */
    long entries(Table table);

    /** Sees rows; must not use the view. */
    @FunctionalInterface
    interface RowVisitor {
        boolean row(ByteBuffer key, ByteBuffer value);
    }
}
