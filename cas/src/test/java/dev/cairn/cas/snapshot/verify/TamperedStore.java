package dev.cairn.cas.snapshot.verify;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ForwardingStore;
import dev.cairn.cas.ForwardingVisitor;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.ObjectVisitor;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.RecordVisitor;
import dev.cairn.cas.SealedRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * A store in which ids are missing, and records have other bytes than were stored under a digest that fits them: what an index
 * that lost rows, or a peer that lies, leaves behind.
 */
final class TamperedStore extends ForwardingStore {

    private final Set<ObjectId> missing = new HashSet<>();
    private final Map<Long, SealedRecord> replaced = new HashMap<>();

    TamperedStore(ObjectStore store) {
        super(store);
    }

    /** From now on the index lacks this one. */
    void lose(ObjectId id) {
        missing.add(id);
    }

    /** Flips a byte of a record: one behind its clear header, counted from there; from the end if negative. */
    void flip(long sequence, int at) {
        SealedRecord record = super.read(new RecordRef(sequence, 0));
        byte[] bytes = record.bytes().clone();
        bytes[at < 0 ? bytes.length + at : record.headerBytes() + at] ^= 1;
        replaced.put(sequence, new SealedRecord(record.header(), record.headerBytes(), bytes));
    }

    /** Puts another record in the place of one. */
    void replace(long sequence, SealedRecord by) {
        replaced.put(sequence, by);
    }

    @Override
    public boolean has(ObjectId id) {
        return !missing.contains(id) && super.has(id);
    }

    @Override
    public List<ObjectId> missing(Collection<ObjectId> ids) {
        Set<ObjectId> absent = new HashSet<>(super.missing(ids));
        absent.addAll(missing);
        List<ObjectId> found = new ArrayList<>(new LinkedHashSet<>(ids));
        found.retainAll(absent);
        return found;
    }

    @Override
    public List<RecordRef> providers(ObjectId id) {
        return missing.contains(id) ? List.of() : super.providers(id);
    }

    @Override
    public SealedRecord read(RecordRef ref) {
        SealedRecord other = replaced.get(ref.sequence());
        return other != null ? other : super.read(ref);
    }

    @Override
    public void forEachRecord(Set<RecordKind> kinds, IntPredicate epochs, RecordVisitor visitor) {
        super.forEachRecord(kinds, epochs, new ForwardingVisitor(visitor) {
            @Override
            public void record(long sequence, SealedRecord record) {
                super.record(sequence, replaced.getOrDefault(sequence, record));
            }
        });
    }

    @Override
    public void forEachObject(ObjectVisitor visitor) {
        super.forEachObject(new ObjectVisitor() {
            @Override
            public void object(ObjectId id, ObjectType type, List<RecordRef> providers) {
                if (!missing.contains(id)) {
                    visitor.object(id, type, providers);
                }
            }

            @Override
            public void damaged(CorruptDataException damage) {
                visitor.damaged(damage);
            }
        });
    }
}
