package dev.cairn.cas.repository;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordVisitor;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.seal.OpenedRecord;
import dev.cairn.cas.snapshot.Cancellation;
import java.util.EnumSet;
import java.util.List;

/**
 * Seals anew what a collection left of runs: of a run of which most is dead, the chunks that the index still reads from it go into one of
 * their own, which takes its place in one transaction. The bytes of the old one are dead from then on and go with its volume. Ids stay.
 *
 * <p>Likewise pages that are differences to others ({@link #pages}): as long as one is, what it differs from is kept, with all chunks that
 * <em>that</em> refers to.
 *
 * <p>It needs no state, and can be stopped anywhere: a run says in its header what it was made with, and the index what it still
 * provides.
 *
 * <p>Memory: two batches of {@value Replacements#BYTES_MAX} bytes at most. Time: every run is read once, and those that are partly dead are
 * opened. For one thread; others use the repository meanwhile.
 */
public final class Repacking {

    private final Repository repository;
    private final ObjectStore store;
    private final double deadShareMin;
    private final Cancellation cancellation;
    private final Replacements replacements;
    private long records;
    private long bytesOld;
    private long damaged;

    /**
     * What was done.
     *
     * @param records runs, or differences of pages, that were replaced
     * @param bytesOld of them
     * @param bytesStored of what took their place
     * @param damaged such that do not open, and were left as they are
     */
    public record Result(long records, long bytesOld, long bytesStored, long damaged) {

        /** When nothing was looked at. */
        public static final Result NOTHING = new Result(0, 0, 0, 0);

        /** This and another one together. */
        public Result plus(Result other) {
            return new Result(
                    records + other.records,
                    bytesOld + other.bytesOld,
                    bytesStored + other.bytesStored,
                    damaged + other.damaged);
        }
    }

    @FunctionalInterface
    private interface Look {
        void at(long sequence, SealedRecord record);
    }

    /** @param deadShareMin a run stays while a smaller share of its plain bytes is dead, 0 to 1 */
    public Repacking(Repository repository, double deadShareMin, Cancellation cancellation) {
        this.repository = repository;
        this.store = repository.store();
        this.deadShareMin = deadShareMin;
        this.cancellation = cancellation;
        this.replacements = new Replacements(store);
    }

    /**
     * Looks at every run.
     *
     * @throws java.util.concurrent.CancellationException if it was told to stop; what is done stays
     */
    public Result run() {
        return each(RecordKind.RUN, this::look);
    }

    /**
     * Seals every page that is a difference to others as it is by itself. Takes as many bytes as those pages have, compressed; what a
     * collection can remove then is what only they held.
     *
     * @throws java.util.concurrent.CancellationException if it was told to stop; what is done stays
     */
    public Result pages() {
        return each(RecordKind.PAGE_DELTA, (sequence, record) -> {
            List<ObjectId> left = replacements.stillProvided(sequence, record.header());
            if (!left.isEmpty()) {
                replace(record, repository.sealer().resealPart(opened(sequence, record), left));
            }
        });
    }

    private Result each(RecordKind kind, Look look) {
        store.forEachRecord(EnumSet.of(kind), new RecordVisitor() {
            @Override
            public void record(long sequence, SealedRecord record) {
                cancellation.check();
                try {
                    look.at(sequence, record);
                } catch (CorruptDataException | VersionMismatchException | WrongKeyException e) {
                    damaged++;
                }
            }

            @Override
            public void damaged(long sequence, CorruptDataException damage) {
                damaged++;
            }
        });
        replacements.flush();
        return new Result(records, bytesOld, replacements.bytesStored(), damaged);
    }

    private void look(long sequence, SealedRecord record) {
        List<ObjectId> left = replacements.stillProvided(sequence, record.header());
        if (left.isEmpty() || left.size() == record.header().provided().size()) {
            return;
        }
        OpenedRecord opened = opened(sequence, record);
        if (!isWorth(opened, left)) {
            return;
        }
        SealedRecord rest = repository.sealer().resealPart(opened, left);
        if (rest.bytes().length < record.bytes().length) {
            replace(record, rest);
        }
    }

    private OpenedRecord opened(long sequence, SealedRecord record) {
        return repository.sealer().open(record, "record " + sequence, repository.objects());
    }

    private void replace(SealedRecord record, SealedRecord by) {
        replacements.add(by);
        records++;
        bytesOld += record.bytes().length;
    }

    private boolean isWorth(OpenedRecord opened, List<ObjectId> left) {
        long all = 0;
        long live = 0;
        for (int ordinal = 0; ordinal < opened.size(); ordinal++) {
            int bytes = opened.unverifiedBody(ordinal).length();
            all += bytes;
            live += left.contains(opened.header().provided().get(ordinal).id()) ? bytes : 0;
        }
        return all - live >= deadShareMin * all;
    }
}
