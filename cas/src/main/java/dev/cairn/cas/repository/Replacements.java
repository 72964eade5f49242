package dev.cairn.cas.repository;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.SealedRecord;
import java.util.ArrayList;
import java.util.List;

/** Records that take the place of others, stored in batches. For one thread. */
final class Replacements {

    static final long BYTES_MAX = 16L << 20;

    private final ObjectStore store;
    private final List<SealedRecord> batch = new ArrayList<>();
    private long batchBytes;
    private long bytesStored;

    Replacements(ObjectStore store) {
        this.store = store;
    }

    /** The objects of a record that the index still reads from it, first or after others. */
    List<ObjectId> stillProvided(long sequence, RecordHeader header) {
        return header.provided().stream()
                .map(ProvidedObject::id)
                .filter(id -> store.providers(id).stream().anyMatch(ref -> ref.sequence() == sequence))
                .toList();
    }

    void add(SealedRecord record) {
        int bytes = record.bytes().length;
        if (batchBytes + bytes > BYTES_MAX) {
            flush();
        }
        batch.add(record);
        batchBytes += bytes;
    }

    void flush() {
        if (!batch.isEmpty()) {
            bytesStored += store.replace(batch).bytesStored();
            batch.clear();
            batchBytes = 0;
        }
    }

    long bytesStored() {
        return bytesStored;
    }
}
