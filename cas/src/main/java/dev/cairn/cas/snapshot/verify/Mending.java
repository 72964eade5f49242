package dev.cairn.cas.snapshot.verify;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.ObjectVisitor;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordFinding;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.seal.OpenedRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Gives lost objects of a repository back to it, out of records that other copies have. A record is opened with the key, every
 * object that is taken from it is compared with its id, and only then it is stored ({@link ObjectStore#heal}); damaged
 * providers go with that. What comes in a delta, or with objects that are not wanted, is sealed anew by itself.
 *
 * <p>A delta that builds on what is lost itself waits, {@value #WAITING_BYTES_MAX} bytes of them at most, and is tried again when
 * more is whole. Memory: these, a commit of {@value #COMMIT_BYTES} bytes, and the ids. For one thread.
 */
public final class Mending {

    private static final int COMMIT_BYTES = 4 << 20;
    private static final int WAITING_BYTES_MAX = 32 << 20;

    private final ObjectStore store;
    private final Repository repository;
    private final ObjectSource objects;
    private final TreeMap<ObjectId, ObjectType> lost;
    private final List<SealedRecord> verified = new ArrayList<>();
    private final Set<ObjectId> staged = new LinkedHashSet<>();
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private long verifiedBytes;
    private long waitingBytes;
    private long healed;
    private long bytesStored;

    /** What became of a record that was offered. */
    public enum Outcome {
        /** It gave something back, or will once it is {@linkplain #finish() stored}. */
        TAKEN,
        /** It provides nothing that is lost. */
        NOT_WANTED,
        /** It waits for what it builds on. */
        WAITS,
        /** It does not open, or is not what its ids name. */
        REFUSED
    }

    /** @param lost what is lost, as {@link Verification#lost} gives it */
    public Mending(Repository repository, Map<ObjectId, ObjectType> lost) {
        this.repository = repository;
        this.store = repository.store();
        this.objects = repository.objects();
        this.lost = new TreeMap<>(lost);
    }

    /** What is still lost and not offered yet, in the order of ids. */
    public Set<ObjectId> wanted() {
        Set<ObjectId> wanted = new LinkedHashSet<>(lost.keySet());
        wanted.removeAll(staged);
        return wanted;
    }

    /** How many objects are whole again. */
    public long healed() {
        return healed;
    }

    /** Bytes of the records that were stored for that. */
    public long bytesStored() {
        return bytesStored;
    }

    /**
     * Takes a record that another copy has.
     *
     * @param where it comes from, for messages
     */
    public Outcome offer(byte[] record, String where) {
        Outcome outcome = take(record, where);
        if (outcome == Outcome.WAITS) {
            if (waitingBytes + record.length > WAITING_BYTES_MAX) {
                return Outcome.REFUSED;
            }
            waiting.add(record);
            waitingBytes += record.length;
        }
        return outcome;
    }

    private Outcome take(byte[] bytes, String where) {
        boolean mayWait = false;
        try {
            SealedRecord record = SealedRecord.parse(bytes, where, store);
            List<ProvidedObject> provided = record.header().provided();
            List<ObjectId> due = provided.stream()
                    .map(ProvidedObject::id)
                    .filter(id -> lost.get(id) == record.header().kind().provides() && !staged.contains(id))
                    .toList();
            if (due.isEmpty()) {
                return Outcome.NOT_WANTED;
            }
            mayWait = record.header().bases().stream().anyMatch(lost::containsKey);
            OpenedRecord opened = repository.sealer().open(record, where, objects);
            add(worthKeeping(record, opened, due), due);
            return Outcome.TAKEN;
        } catch (MissingObjectsException e) {
            return Outcome.REFUSED;
        } catch (CorruptDataException e) {
            boolean waits = mayWait || isAboutPages(bytes, where);
            return waits ? Outcome.WAITS : Outcome.REFUSED;
        } catch (VersionMismatchException | WrongKeyException e) {
            return Outcome.REFUSED;
        }
    }

    /** Whether a header refers to pages that are lost too, so that it cannot even be read yet. */
    private static boolean isAboutPages(byte[] bytes, String where) {
        try {
            SealedRecord.parse(bytes, where);
            return false;
        } catch (MissingObjectsException e) {
            return true;
        } catch (CorruptDataException e) {
            return false;
        }
    }

    /** The record as it is, if it is no delta and all that it provides has a place here; else the part that is due. */
    private SealedRecord worthKeeping(SealedRecord record, OpenedRecord opened, List<ObjectId> due) {
        boolean isPlain = !record.header().kind().isDelta();
        boolean isKnown = record.header().provided().stream()
                .noneMatch(object -> store.providers(object.id()).isEmpty());
        if (!isPlain || !isKnown) {
            return repository.sealer().resealPart(opened, due);
        }
        opened.verify();
        return record;
    }

    private void add(SealedRecord record, List<ObjectId> due) {
        verified.add(record);
        verifiedBytes += record.bytes().length;
        staged.addAll(due);
        if (verifiedBytes >= COMMIT_BYTES) {
            commit();
        }
    }

    private void commit() {
        if (!verified.isEmpty()) {
            bytesStored += store.heal(List.copyOf(verified)).bytesStored();
            healed += staged.size();
            lost.keySet().removeAll(staged);
            verified.clear();
            verifiedBytes = 0;
            staged.clear();
        }
    }

    /** Stores what was taken, and tries again what waits, until nothing more comes of it. Durable when it returns. */
    public void finish() {
        commit();
        for (boolean progress = true; progress && !waiting.isEmpty(); ) {
            progress = false;
            List<byte[]> again = new ArrayList<>(waiting);
            waiting.clear();
            waitingBytes = 0;
            for (byte[] record : again) {
                progress |= offer(record, "a record of another copy") == Outcome.TAKEN;
            }
            commit();
        }
        waiting.clear();
        waitingBytes = 0;
    }

    /**
     * Takes damaged records off objects that have a whole one beside them, so that nothing names the damaged ones any more.
     * One pass over the index, and a look at each whole record that is found so.
     */
    public void dropDamagedProviders() {
        Set<Long> damaged = new HashSet<>();
        for (RecordFinding note : store.noted()) {
            damaged.add(note.sequence());
        }
        if (damaged.isEmpty()) {
            return;
        }
        Set<Long> seen = new HashSet<>();
        store.forEachObject(new ObjectVisitor() {
            @Override
            public void object(ObjectId id, ObjectType type, List<RecordRef> providers) {
                if (providers.stream().anyMatch(ref -> damaged.contains(ref.sequence()))) {
                    providers.stream()
                            .filter(ref -> !damaged.contains(ref.sequence()))
                            .filter(ref -> seen.add(ref.sequence()))
                            .forEach(Mending.this::keepBeside);
                }
            }

            @Override
            public void damaged(CorruptDataException damage) {
                // A verification tells of it.
            }
        });
    }

    private void keepBeside(RecordRef ref) {
        try {
            SealedRecord record = store.read(ref);
            repository
                    .sealer()
                    .open(record, "record " + ref.sequence(), objects)
                    .verify();
            store.heal(List.of(record));
        } catch (StoreException e) {
            // Then it is no better than the other: a verification tells of it.
        }
    }
}
