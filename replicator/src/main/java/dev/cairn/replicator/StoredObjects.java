package dev.cairn.replicator;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.SealedRecord;
import dev.cairn.replicator.protocol.RecordDigest;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the clear headers of a store say of its objects, with a small cache of records: those who walk pages ask for many
 * objects of one record in a row. If a provider is damaged the next one is asked.
 *
 * <p>Memory: at most {@value #CACHE_BYTES_MAX} bytes of records, or one record. Not thread-safe.
 */
final class StoredObjects {

    private static final int CACHE_BYTES_MAX = 16 << 20;

    private static final Set<RecordKind> PAGES_AND_SNAPSHOTS =
            EnumSet.of(RecordKind.PAGE, RecordKind.PAGE_DELTA, RecordKind.SNAPSHOT);

    private final ObjectStore store;
    private final Set<RecordDigest> refused;
    private final Map<Long, SealedRecord> cache = new LinkedHashMap<>(16, 0.75f, true);
    private long cachedBytes;

    StoredObjects(ObjectStore store) {
        this(store, List.of());
    }

    /** @param refused records that count as damaged */
    StoredObjects(ObjectStore store, List<RecordDigest> refused) {
        this.store = store;
        this.refused = Set.copyOf(refused);
    }

    /** An object, with the record that provides it. */
    record Found(RecordRef ref, SealedRecord record) {
        ProvidedObject object() {
            return record.header().provided().get(ref.ordinal());
        }
    }

    boolean has(ObjectId id) {
        return store.has(id);
    }

    /** Finds a page or a snapshot, as {@link #find(ObjectId, Set)}. */
    Found find(ObjectId id) {
        return find(id, PAGES_AND_SNAPSHOTS);
    }

    /**
     * Whether some provider of {@code id}, which the index has, is a snapshot's record.
     *
     * @throws CorruptDataException if none is, and one cannot be read
     */
    boolean isSnapshot(ObjectId id) {
        @Nullable CorruptDataException damage = null;
        for (RecordRef ref : store.providers(id)) {
            try {
                if (read(ref).header().kind() == RecordKind.SNAPSHOT) {
                    return true;
                }
            } catch (CorruptDataException e) {
                damage = e;
            }
        }
        if (damage != null) {
            throw damage;
        }
        return false;
    }

    /**
     * Finds an object by the clear headers.
     *
     * @param kinds of record; others that provide the id are nonsense
     * @throws MissingObjectsException if the index lacks it
     * @throws CorruptDataException if no provider of these kinds is whole
     */
    Found find(ObjectId id, Set<RecordKind> kinds) {
        List<RecordRef> providers = store.providers(id);
        @Nullable CorruptDataException damage = null;
        for (RecordRef ref : providers) {
            try {
                SealedRecord record = read(ref);
                List<ProvidedObject> provided = record.header().provided();
                if (!kinds.contains(record.header().kind())) {
                    damage = new CorruptDataException(
                            "record " + ref.sequence(),
                            id + " in a record of " + kinds,
                            "one of " + record.header().kind());
                    continue;
                }
                if (ref.ordinal() < provided.size()
                        && provided.get(ref.ordinal()).id().equals(id)) {
                    return new Found(ref, record);
                }
                damage = new CorruptDataException(
                        "record " + ref.sequence(), id + " at place " + ref.ordinal(), "another object");
            } catch (CorruptDataException e) {
                damage = e;
            }
        }
        if (damage != null) {
            throw damage;
        }
        throw new MissingObjectsException(List.of(id));
    }

    /**
     * Reads a record, from the cache if it is there.
     *
     * @throws CorruptDataException if it is not whole, or one that was refused
     */
    SealedRecord read(RecordRef ref) {
        SealedRecord cached = cache.get(ref.sequence());
        if (cached != null) {
            return cached;
        }
        SealedRecord record = store.read(ref);
        if (!refused.isEmpty() && refused.contains(RecordDigest.of(record.bytes()))) {
            throw new CorruptDataException("record " + ref.sequence(), "a record that opens", "one that was refused");
        }
        cache.put(ref.sequence(), record);
        cachedBytes += record.bytes().length;
        Iterator<Map.Entry<Long, SealedRecord>> eldest = cache.entrySet().iterator();
        while (cachedBytes > CACHE_BYTES_MAX && cache.size() > 1) {
            cachedBytes -= eldest.next().getValue().bytes().length;
            eldest.remove();
        }
        return record;
    }
}
