package dev.cairn.cas.memory;

import dev.cairn.cas.Admission;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordFinding;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.Sha256;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Takes records into a store in memory, and lets go what they take the place of. Guarded by the store's lock. */
final class RecordIntake {

    private final Map<Long, StoredRecord> records;
    private final Map<ObjectId, IndexedObject> objects;
    private final SortedMap<Long, RecordFinding.State> damage;
    private final InMemoryCollection collection;
    private long nextSequence;

    /** For a store that keeps its records, objects and findings there. */
    RecordIntake(
            Map<Long, StoredRecord> records,
            Map<ObjectId, IndexedObject> objects,
            SortedMap<Long, RecordFinding.State> damage,
            InMemoryCollection collection) {
        this.records = records;
        this.objects = objects;
        this.damage = damage;
        this.collection = collection;
    }

    long nextSequence() {
        return nextSequence;
    }

    /** Stores a submission, all or none; see {@link Admission#admit}. */
    ObjectStore.CommitReceipt store(
            List<SealedRecord> submitted,
            Admission.Terms terms,
            Admission.Reliance reliance,
            Set<Integer> closedEpochs) {
        Admission admission = new Admission(new Known());
        List<SealedRecord> wanted = switch (terms.repeats()) {
            case SKIPPED -> submitted;
            case KEPT -> submitted.stream().filter(record -> !isStored(record)).toList();
            case MENDING ->
                submitted.stream().filter(record -> !isWhole(record)).toList();
            case REPLACING ->
                submitted.stream().filter(record -> !isAlone(record)).toList();
        };
        wanted.forEach(record -> Admission.requireOpenEpoch(record, closedEpochs));
        List<Admission.Admitted> plan = admission.admit(wanted, terms, reliance);
        if (terms.repeats() == Admission.Repeats.MENDING) {
            submitted.stream()
                    .filter(record -> !wanted.contains(record))
                    .forEach(record -> record.header()
                            .provided()
                            .forEach(object -> dropDamaged(
                                    Objects.requireNonNull(objects.get(object.id()))
                                            .providers(),
                                    terms.repeats())));
        }
        submitted.forEach(record -> record.header().provided().forEach(object -> collection.comes(object.id())));
        long first = nextSequence;
        long bytesStored = 0;
        int objectsNew = 0;
        for (Admission.Admitted admitted : plan) {
            byte[] bytes = admitted.record().bytes().clone();
            RecordHeader header = admitted.record().header();
            long sequence = nextSequence++;
            records.put(sequence, StoredRecord.of(header.kind(), header.epoch(), bytes, terms.uploader()));
            for (int ordinal : admitted.ordinals()) {
                provide(header.provided().get(ordinal), terms.repeats(), first)
                        .add(new IndexedObject.Provider(
                                sequence, ordinal, header.kind().provides(), admitted.depth()));
            }
            bytesStored += bytes.length;
            objectsNew += admitted.objectsNew();
        }
        return new ObjectStore.CommitReceipt(plan.size(), bytesStored, objectsNew);
    }

    private final class Known implements Admission.Known {
        @Override
        public Admission.@Nullable Facts facts(ObjectId id) {
            IndexedObject row = there(id);
            return row == null ? null : collection.facts(id, row.facts(damage.keySet()));
        }

        @Override
        public int providersBy(int uploader, ObjectId id) {
            IndexedObject row = there(id);
            return row == null
                    ? 0
                    : (int) row.providers().stream()
                            .filter(provider -> !damage.containsKey(provider.sequence()))
                            .map(provider -> records.get(provider.sequence()))
                            .filter(record -> record != null && record.uploader() == uploader)
                            .count();
        }
    }

    /** The row of an object, unless it is being deleted. */
    private @Nullable IndexedObject there(ObjectId id) {
        return collection.isDeleted(id) ? null : objects.get(id);
    }

    /** Takes off what shall provide it no more; what was stored from {@code first} on stays. */
    private List<IndexedObject.Provider> provide(ProvidedObject object, Admission.Repeats repeats, long first) {
        collection.buryIfDeleted(object.id());
        List<IndexedObject.Provider> providers = objects.computeIfAbsent(
                        object.id(), id -> new IndexedObject(new ArrayList<>()))
                .providers();
        if (repeats == Admission.Repeats.REPLACING) {
            letGo(providers, provider -> provider.sequence() < first);
        } else {
            dropDamaged(providers, repeats);
        }
        return providers;
    }

    /** As a store on disk does it: who mends looks at every provider, others at those that are noted. */
    private void dropDamaged(List<IndexedObject.Provider> providers, Admission.Repeats repeats) {
        boolean mends = repeats == Admission.Repeats.MENDING;
        letGo(providers, provider -> {
            RecordFinding.State noted = damage.get(provider.sequence());
            return (mends && noted == RecordFinding.State.UNUSABLE)
                    || ((mends || noted != null) && !reads(provider.sequence()));
        });
    }

    private void letGo(List<IndexedObject.Provider> providers, Predicate<IndexedObject.Provider> which) {
        List<IndexedObject.Provider> gone = providers.stream().filter(which).toList();
        providers.removeAll(gone);
        gone.forEach(provider -> removeUnused(provider.sequence()));
    }

    /** A record that provides nothing any more is gone; its number is not used again. */
    long removeUnused(long sequence) {
        boolean used = objects.values().stream()
                .flatMap(row -> row.providers().stream())
                .anyMatch(provider -> provider.sequence() == sequence);
        if (used) {
            return 0;
        }
        damage.remove(sequence);
        StoredRecord removed = records.remove(sequence);
        return removed == null ? 0 : removed.bytes().length;
    }

    private boolean isStored(SealedRecord record) {
        List<IndexedObject> rows = new ArrayList<>();
        for (ProvidedObject provided : record.header().provided()) {
            IndexedObject row = there(provided.id());
            if (row == null) {
                return false;
            }
            rows.add(row);
        }
        byte[] digest = Sha256.of(record.bytes());
        return rows.stream()
                .flatMap(row -> row.providers().stream())
                .anyMatch(provider -> isSame(digest, provider.sequence()));
    }

    private boolean isWhole(SealedRecord record) {
        byte[] digest = Sha256.of(record.bytes());
        return record.header().provided().stream().allMatch(object -> {
            IndexedObject row = there(object.id());
            return row != null
                    && row.providers().stream()
                            .anyMatch(provider -> isSame(digest, provider.sequence()) && reads(provider.sequence()));
        });
    }

    private boolean isAlone(SealedRecord record) {
        return isWhole(record)
                && record.header().provided().stream().allMatch(object -> {
                    IndexedObject row = there(object.id());
                    return row != null && row.providers().size() == 1;
                });
    }

    private boolean isSame(byte[] digest, long sequence) {
        StoredRecord stored = records.get(sequence);
        return stored != null && !damage.containsKey(sequence) && Arrays.equals(digest, stored.digest());
    }

    private boolean reads(long sequence) {
        StoredRecord stored = records.get(sequence);
        return stored != null && stored.isWhole();
    }
}
