package dev.cairn.cas;

import java.util.List;
import java.util.Optional;

/**
 * A small durable map that belongs to one replica and is never sent: the stat cache, what was last seen of a remote. May be
 * lost by a repair; nothing but time is lost with it. Keys have 1 to 511 bytes.
 *
 * <p>Threading: as its store.
 */
public interface LocalTable {

    /** The value of {@code key}. One read of the index, about a microsecond. */
    Optional<byte[]> get(byte[] key);

    /** Puts all rows in one transaction; an empty value removes the key. */
    void putAll(List<Row> rows);

    /** A key and its value. */
    record Row(byte[] key, byte[] value) {}
}
