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

    /** The longest key, in bytes: what an index of LMDB takes. */
    int KEY_BYTES_MAX = 511;

    /** The most tables of one store. */
    int TABLES_MAX = 8;

    /** Checks a table's name: 1 to 32 of the letters a to z, digits and dashes. */
    static String requireName(String name) {
        if (!name.matches("[a-z0-9-]{1,32}")) {
            throw new IllegalArgumentException("not a table name: '" + name + "'");
        }
        return name;
    }

    /** Checks a key's length. */
    static byte[] requireKey(byte[] key) {
        if (key.length == 0 || key.length > KEY_BYTES_MAX) {
            throw new IllegalArgumentException("a key has 1 to %d bytes, not %d".formatted(KEY_BYTES_MAX, key.length));
        }
        return key;
    }

    /** The value of {@code key}. One read of the index, about a microsecond. */
    Optional<byte[]> get(byte[] key);

    /** Puts all rows in one transaction; an empty value removes the key. */
    void putAll(List<Row> rows);

    /** A key and its value. */
    record Row(byte[] key, byte[] value) {}
}
