package dev.cairn.cas.lmdb;

import dev.cairn.cas.Admission;
import dev.cairn.cas.ChildSource;
import dev.cairn.cas.CollectionState;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordFinding;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.SealedRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Rows of objects and records that a write transaction is going to put, so that they enter the index sorted: an entry then
 * takes 60 bytes of it instead of 190. Admits records on the way in.
 *
 * <p>Memory: that of the transaction's ids, bounded by what one transaction takes. Not thread-safe.
 */
final class Staging {

    private final IndexChange index;
    private final RecordReader reader;
    private Admission admission;
    private final TreeMap<ObjectId, ObjectRow> objects = new TreeMap<>();
    private final TreeMap<Long, RecordRow> records = new TreeMap<>();
    private final Map<Long, byte[]> unplaced = new HashMap<>();
    private final Map<ObjectId, RecordHeader> snapshots = new HashMap<>();
    private long recordBytesAdded;
    private final CollectionState collection;

    Staging(IndexChange index, RecordReader reader) {
        this.index = index;
        this.reader = reader;
        this.collection = index.collection();
        this.admission = new Admission(new Indexed());
    }

    /** What the index knows, without what is staged. */
    private final class Indexed implements Admission.Known {
        @Override
        public Admission.@Nullable Facts facts(ObjectId id) {
            ObjectRow row = isDeleted(id) ? null : index.object(id);
            if (row == null) {
                return null;
            }
            Admission.Facts facts = row.facts(index.damage());
            return isCondemned(id) ? facts.condemned() : facts;
        }

        /** A row that cannot be read counts for nobody, nor does one that is being deleted. */
        @Override
        public int providersBy(int uploader, ObjectId id) {
            ObjectRow row = isDeleted(id) ? null : index.object(id);
            DamageNotes notes = index.damage();
            int count = 0;
            for (ObjectRow.Provider provider : row == null ? List.<ObjectRow.Provider>of() : row.providers()) {
                RecordRow record = notes.has(provider.sequence()) ? null : indexedIfSound(provider.sequence());
                count += record != null && record.uploader() == uploader ? 1 : 0;
            }
            return count;
        }
    }

    private @Nullable RecordRow indexedIfSound(long sequence) {
        try {
            return index.record(sequence);
        } catch (CorruptDataException e) {
            return null;
        }
    }

    private boolean isCondemned(ObjectId id) {
        return collection.phase() == CollectionState.Phase.CONDEMNED && index.isListed(id);
    }

    /** Whether it is gone, although its row is still there. */
    private boolean isDeleted(ObjectId id) {
        return collection.phase() == CollectionState.Phase.DELETING && index.isListed(id);
    }

    /**
     * Admits a submission, all or none; see {@link Admission#admit}. Records that are stored already are left out, those that mend
     * if they are whole. What is submitted is condemned no longer.
     *
     * @param digests those of {@code submitted}, which whoever submits has made
     */
    List<Admission.Admitted> admit(
            List<SealedRecord> submitted,
            Function<SealedRecord, byte[]> digests,
            Admission.Terms terms,
            Admission.Reliance reliance) {
        List<SealedRecord> wanted = switch (terms.repeats()) {
            case SKIPPED -> submitted;
            case KEPT ->
                submitted.stream()
                        .filter(record -> !isStored(record, digests.apply(record)))
                        .toList();
            case MENDING ->
                submitted.stream()
                        .filter(record -> !isStoredWhole(record, digests.apply(record)))
                        .toList();
            case REPLACING ->
                submitted.stream()
                        .filter(record -> !(isStoredWhole(record, digests.apply(record)) && isAlone(record)))
                        .toList();
        };
        List<Admission.Admitted> plan = admission.admit(wanted, terms, reliance);
        if (terms.repeats() == Admission.Repeats.MENDING) {
            submitted.stream().filter(record -> !wanted.contains(record)).forEach(this::dropDamagedBeside);
        }
        if (collection.phase() == CollectionState.Phase.CONDEMNED) {
            submitted.forEach(
                    record -> record.header().provided().forEach(provided -> spareIfCondemned(provided.id())));
        }
        return plan;
    }

    private void spareIfCondemned(ObjectId id) {
        if (index.isListed(id)) {
            index.spare(id);
        }
    }

    /** Whether {@code id} is in the index, or will be, as a snapshot that may be relied on. */
    boolean isSnapshot(ObjectId id, Admission.Reliance reliance) {
        Admission.Facts facts = admission.facts(id);
        boolean isThere = facts != null && facts.types().contains(ObjectType.SNAPSHOT);
        return isThere && (reliance != Admission.Reliance.SAFE_ONLY || !isCondemned(id));
    }

    /** Notes that a snapshot, which {@link #isSnapshot}, is a root from now on: it is condemned no longer. */
    void root(ObjectId snapshot) {
        if (isCondemned(snapshot)) {
            index.spare(snapshot);
        }
    }

    /** Makes an admitted record the provider of its objects. Its place follows with {@link #place}. */
    void provide(Admission.Admitted admitted, long sequence, Admission.Repeats repeats, byte[] digest) {
        RecordHeader header = admitted.record().header();
        Map<Long, Boolean> whole = new HashMap<>();
        for (int ordinal : admitted.ordinals()) {
            ProvidedObject object = header.provided().get(ordinal);
            ObjectRow before = isDeleted(object.id()) ? buried(object.id()) : object(object.id());
            List<ObjectRow.Provider> providers =
                    before == null ? new ArrayList<>() : new ArrayList<>(before.providers());
            if (repeats == Admission.Repeats.REPLACING) {
                List.copyOf(providers).stream()
                        .filter(provider -> !unplaced.containsKey(provider.sequence()))
                        .forEach(provider -> drop(providers, provider));
            } else {
                damaged(providers, repeats, whole).forEach(provider -> drop(providers, provider));
            }
            if (providers.size() >= ObjectRow.PROVIDERS_MAX) {
                drop(providers, worst(providers));
            }
            providers.add(new ObjectRow.Provider(sequence, ordinal, header.kind(), admitted.depth()));
            objects.put(object.id(), new ObjectRow(providers));
        }
        unplaced.put(sequence, digest);
        if (header.kind() == RecordKind.SNAPSHOT) {
            snapshots.put(header.provided().getFirst().id(), header);
        }
    }

    /**
     * The providers that an object can do without once it has another one: who mends looks at each of them, others at those of
     * which damage is noted.
     */
    private List<ObjectRow.Provider> damaged(
            List<ObjectRow.Provider> providers, Admission.Repeats repeats, Map<Long, Boolean> whole) {
        DamageNotes notes = index.damage();
        boolean mends = repeats == Admission.Repeats.MENDING;
        return providers.stream()
                .filter(provider -> {
                    RecordFinding.State noted = notes.of(provider.sequence());
                    return (mends && noted == RecordFinding.State.UNUSABLE)
                            || ((mends || noted != null) && !whole.computeIfAbsent(provider.sequence(), this::isWhole));
                })
                .toList();
    }

    /** Takes damaged providers off the objects of a record that is stored whole, and so provides them. */
    private void dropDamagedBeside(SealedRecord record) {
        Map<Long, Boolean> whole = new HashMap<>();
        for (ProvidedObject object : record.header().provided()) {
            ObjectRow before = object(object.id());
            if (before != null && before.providers().size() > 1) {
                List<ObjectRow.Provider> providers = new ArrayList<>(before.providers());
                List<ObjectRow.Provider> damaged = damaged(providers, Admission.Repeats.MENDING, whole);
                if (!damaged.isEmpty() && damaged.size() < providers.size()) {
                    damaged.forEach(provider -> drop(providers, provider));
                    objects.put(object.id(), new ObjectRow(providers));
                }
            }
        }
    }

    /** An object that comes again while its old row is being removed begins anew, without any of its providers. */
    private @Nullable ObjectRow buried(ObjectId id) {
        index.unlist(Table.CONDEMNED, id);
        ObjectRow row = index.object(id);
        if (row != null) {
            List<ObjectRow.Provider> providers = new ArrayList<>(row.providers());
            row.providers().forEach(provider -> drop(providers, provider));
        }
        return null;
    }

    /** Whether a record has this sequence already. */
    boolean isTaken(long sequence) {
        return unplaced.containsKey(sequence) || recordIfSound(sequence) != null;
    }

    /** Says where an admitted record is. */
    void place(long sequence, RecordRow row) {
        unplaced.remove(sequence);
        records.put(sequence, row);
        recordBytesAdded += row.length();
    }

    /** Puts everything and starts afresh. */
    void flush() {
        if (!unplaced.isEmpty()) {
            throw new IllegalStateException(unplaced.size() + " records have no place");
        }
        objects.forEach(index::put);
        records.forEach((sequence, row) -> {
            if (row.live() > 0) {
                index.put(sequence, row);
            } else {
                index.deleteRecord(sequence);
            }
        });
        objects.clear();
        records.clear();
        snapshots.clear();
        admission = new Admission(new Indexed());
    }

    /** Bytes of records that came to the index since this was made, less what went. */
    long recordBytesAdded() {
        return recordBytesAdded;
    }

    /** How many rows wait for {@link #flush}. */
    int size() {
        return objects.size() + records.size();
    }

    /**
     * What the list of retained snapshots says of {@code snapshot}, which {@link #isSnapshot}.
     *
     * @throws CorruptDataException if no provider of it can be read
     */
    RetainedSnapshot retained(ObjectId snapshot) {
        RecordHeader header = snapshots.get(snapshot);
        if (header != null) {
            return RetainedSnapshot.of(header);
        }
        ObjectRow row = object(snapshot);
        CorruptDataException damage =
                new CorruptDataException("snapshot " + snapshot, "a record that provides it", "none");
        for (ObjectRow.Provider provider : row == null ? List.<ObjectRow.Provider>of() : row.providers()) {
            RecordRow place = record(provider.sequence());
            try {
                if (place != null && provider.kind() == RecordKind.SNAPSHOT) {
                    return RetainedSnapshot.of(reader.read(provider.sequence(), place, ChildSource.NONE)
                            .header());
                }
            } catch (CorruptDataException e) {
                damage = e;
            }
        }
        throw damage;
    }

    /** The children of pages that are in the index, or staged and placed. */
    ChildSource children() {
        return new PageChildren(this::object, this::record, reader);
    }

    private @Nullable ObjectRow object(ObjectId id) {
        ObjectRow staged = objects.get(id);
        return staged != null ? staged : index.object(id);
    }

    private @Nullable RecordRow record(long sequence) {
        RecordRow staged = records.get(sequence);
        return staged != null ? staged : index.record(sequence);
    }

    /** Whether all its objects are provided, and one by this very record. Hashes it only in the first case. */
    private boolean isStored(SealedRecord record, byte[] digest) {
        List<ObjectRow> rows = new ArrayList<>();
        for (ProvidedObject provided : record.header().provided()) {
            ObjectRow row = isDeleted(provided.id()) ? null : object(provided.id());
            if (row == null) {
                return false;
            }
            rows.add(row);
        }
        return rows.stream()
                .flatMap(row -> row.providers().stream())
                .anyMatch(provider -> hasDigest(provider.sequence(), digest));
    }

    /** Whether the record of that number has this digest, and no damage of it is noted. */
    private boolean hasDigest(long sequence, byte[] digest) {
        byte[] pending = unplaced.get(sequence);
        if (pending != null) {
            return Arrays.equals(pending, digest);
        }
        RecordRow row = recordIfSound(sequence);
        return row != null
                && Arrays.equals(row.digest(), digest)
                && !index.damage().has(sequence);
    }

    private boolean isStoredWhole(SealedRecord record, byte[] digest) {
        return record.header().provided().stream().allMatch(object -> {
            ObjectRow row = isDeleted(object.id()) ? null : object(object.id());
            return row != null && row.providers().stream().anyMatch(provider -> isWhole(provider.sequence(), digest));
        });
    }

    private boolean isAlone(SealedRecord record) {
        return record.header().provided().stream().allMatch(object -> {
            ObjectRow row = object(object.id());
            return row != null && row.providers().size() == 1;
        });
    }

    private boolean isWhole(long sequence, byte[] digest) {
        byte[] pending = unplaced.get(sequence);
        if (pending != null) {
            return Arrays.equals(pending, digest);
        }
        RecordRow row = recordIfSound(sequence);
        return row != null && Arrays.equals(row.digest(), digest) && reader.isWhole(sequence, row);
    }

    private boolean isWhole(long sequence) {
        RecordRow row = recordIfSound(sequence);
        return unplaced.containsKey(sequence) || (row != null && reader.isWhole(sequence, row));
    }

    private @Nullable RecordRow recordIfSound(long sequence) {
        try {
            return record(sequence);
        } catch (CorruptDataException e) {
            return null;
        }
    }

    /** Takes a provider off an object; a record that provides nothing any more goes with it. */
    private void drop(List<ObjectRow.Provider> providers, ObjectRow.Provider provider) {
        providers.remove(provider);
        RecordRow row = recordIfSound(provider.sequence());
        if (row != null) {
            records.put(provider.sequence(), row.withLive(row.live() - 1));
            recordBytesAdded -= row.live() == 1 ? row.length() : 0;
        }
    }

    private ObjectRow.Provider worst(List<ObjectRow.Provider> providers) {
        return providers.stream()
                .filter(provider -> !unplaced.containsKey(provider.sequence()))
                .max(ObjectRow.BEST_FIRST)
                .orElseThrow(() -> new IllegalArgumentException(
                        "more than " + ObjectRow.PROVIDERS_MAX + " records of one object in one commit"));
    }
}
