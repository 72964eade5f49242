package dev.cairn.cas.lmdb;

import java.nio.ByteBuffer;

/**
 * The one write transaction of an environment. Sees its own changes. Closing without {@link #commit} undoes all of them.
 * Belongs to the thread that began it.
 */
interface WriteView extends ReadView, AutoCloseable {

    /** Puts or replaces a row. */
    void put(Table table, byte[] key, byte[] value);

    /** Adds a row whose key is above every other, and gives its value to fill, big-endian, before the next call. */
    ByteBuffer append(Table table, byte[] key, int valueBytes);

    /** Removes a row if it is there. */
    void delete(Table table, byte[] key);

    /** Makes it durable: when this returns, all changes are on disk. */
    void commit();

    /** Undoes everything unless it was committed. */
    @Override
    void close();
}
