package dev.cairn.cas.repository;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.RecordVisitor;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.seal.OpenedRecord;
import dev.cairn.cas.seal.Sealer;
import dev.cairn.cas.snapshot.Cancellation;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.SortedMap;

/**
 * Seals every record of an older epoch anew under the newest one, after opening it and checking every id. The new records take
 * the place of the old ones, whose bytes are dead from then on and go with the next collection. Ids stay, so nothing else changes.
 *
 * <p>Goes on where an earlier run was stopped, since what it did has no record of an old epoch any more. What others seal under
 * an old epoch meanwhile is found if it comes before the end, and otherwise by the next run.
 *
 * <p>Memory: a batch of {@value Replacements#BYTES_MAX} bytes, and what opening a record takes. Time: what reading all that is old takes,
 * unpacking it, and a second encryption; nothing is compressed again but parts of records and what only another provider still gives.
 */
public final class Resealing {

    /** One pass for the best provider of every object, further ones for what is left. */
    private static final int PASSES_MAX = 4;

    private final Repository repository;
    private final ObjectStore store;
    private final Sealer sealer;
    private final Cancellation cancellation;
    private final Progress progress;
    private final Replacements replacements;
    private long records;
    private long bytesOld;

    /** Hears how far it is. */
    public interface Progress {

        /** Bytes of old records that were dealt with. */
        void bytes(long count);

        /** A record that does not open; the walk goes on. */
        void damaged(String where, String reason);
    }

    /**
     * What was done.
     *
     * @param epoch the newest, under which everything was sealed
     * @param records old ones that were sealed anew
     * @param bytesOld of them
     * @param bytesStored of the records that took their place
     * @param left what there still is of other epochs: records that do not open, or that others sealed meanwhile
     */
    public record Result(
            int epoch, long records, long bytesOld, long bytesStored, SortedMap<Integer, ObjectStore.EpochUse> left) {}

    public Resealing(Repository repository, Cancellation cancellation, Progress progress) {
        this.repository = repository;
        this.store = repository.store();
        this.sealer = repository.sealer();
        this.replacements = new Replacements(store);
        this.cancellation = cancellation;
        this.progress = progress;
    }

    /** Records of other epochs than the newest, by epoch. */
    public static SortedMap<Integer, ObjectStore.EpochUse> left(Repository repository) {
        SortedMap<Integer, ObjectStore.EpochUse> left = repository.store().epochs();
        left.remove(repository.configuration().epoch());
        return left;
    }

    /**
     * Runs until nothing is left that opens.
     *
     * @throws java.util.concurrent.CancellationException if it was told to stop; what is done stays
     */
    public Result run() {
        long before = -1;
        SortedMap<Integer, ObjectStore.EpochUse> left = left(repository);
        for (int pass = 0; pass < PASSES_MAX && !left.isEmpty() && (pass < 2 || count(left) != before); pass++) {
            before = count(left);
            pass(pass == 0);
            left = left(repository);
        }
        return new Result(sealer.epoch(), records, bytesOld, replacements.bytesStored(), left);
    }

    private static long count(SortedMap<Integer, ObjectStore.EpochUse> left) {
        return left.values().stream().mapToLong(ObjectStore.EpochUse::records).sum();
    }

    private void pass(boolean isFirst) {
        int newest = sealer.epoch();
        store.forEachRecord(EnumSet.allOf(RecordKind.class), epoch -> epoch != newest, new RecordVisitor() {
            @Override
            public void record(long sequence, SealedRecord record) {
                cancellation.check();
                String where = "record " + sequence;
                try {
                    List<ObjectId> due = due(sequence, record.header(), isFirst);
                    if (!due.isEmpty()) {
                        replacements.add(isFirst ? anew(record, due, where) : objectByObject(record.header(), due));
                        records++;
                        bytesOld += record.bytes().length;
                    }
                } catch (CorruptDataException | VersionMismatchException | WrongKeyException e) {
                    report(where, e);
                }
                progress.bytes(isFirst ? record.bytes().length : 0);
            }

            @Override
            public void damaged(long sequence, CorruptDataException damage) {
                report("record " + sequence, damage);
            }

            private void report(String where, StoreException reason) {
                if (!isFirst) {
                    progress.damaged(where, String.valueOf(reason.getMessage()));
                }
            }
        });
        replacements.flush();
    }

    /**
     * What is read from this record rather than from another one. Later, when every object has been sealed anew where it was best
     * read, everything that an old record still provides.
     */
    private List<ObjectId> due(long sequence, RecordHeader header, boolean isFirst) {
        if (!isFirst) {
            return replacements.stillProvided(sequence, header);
        }
        List<ObjectId> due = new ArrayList<>();
        for (ProvidedObject object : header.provided()) {
            List<RecordRef> providers = store.providers(object.id());
            if (!providers.isEmpty() && providers.getFirst().sequence() == sequence) {
                due.add(object.id());
            }
        }
        return due;
    }

    private SealedRecord anew(SealedRecord record, List<ObjectId> due, String where) {
        OpenedRecord opened = sealer.open(record, where, repository.objects());
        opened.verify();
        return due.size() == record.header().provided().size()
                ? sealer.reseal(record, where)
                : sealer.resealPart(opened, due);
    }

    /** From whichever provider verifies. */
    private SealedRecord objectByObject(RecordHeader header, List<ObjectId> due) {
        ObjectType type = header.kind().provides();
        List<PlainObject> objects =
                due.stream().map(id -> repository.objects().read(id, type)).toList();
        return switch (type) {
            case CHUNK -> sealer.sealRun(due, objects);
            case NODE -> sealer.sealPages(due, objects);
            case SNAPSHOT ->
                sealer.sealSnapshot(
                        due.getFirst(),
                        objects.getFirst(),
                        repository.snapshot(due.getFirst()).lineage());
        };
    }
}
