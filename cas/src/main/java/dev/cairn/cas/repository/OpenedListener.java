package dev.cairn.cas.repository;

import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.seal.OpenedRecord;

/** Sees records that are opened. */
@FunctionalInterface
public interface OpenedListener {

    /**
     * A record that was opened, on the thread that opened it; once more if it was not kept and is wanted again. What this throws reaches whoever
     * wanted the record.
     *
     * @param record with the digest that was stored
     * @param opened the ids of its objects are not recomputed yet
     */
    void opened(long sequence, SealedRecord record, OpenedRecord opened);
}
