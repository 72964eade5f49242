package dev.cairn.cas.lmdb;

import dev.cairn.cas.Admission;
import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.LocalTable;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.Note;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore.CommitReceipt;
import dev.cairn.cas.ObjectStore.NoteReceipt;
import dev.cairn.cas.RecordFinding;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.StoredConfiguration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One write transaction on a replica: decides on requests, in their order, and then writes volume and index.
 *
 * <h2>Durability</h2>
 *
 * The containers are committed to the volume first, and synced; then the index, and synced. A crash between the two leaves
 * containers that the index does not know: {@link Recovery} indexes them. Nothing is acknowledged before both are done.
 */
final class Commit {

    private final IndexChange index;
    private final Staging staging;
    private final Retention retention;
    private final RepositoryId repository;
    private final VolumeSet volumes;
    private final long volumeBytesMax;
    private final Runnable betweenCommits;
    private final Journals journals;
    private final List<PendingRecord> pending = new ArrayList<>();
    private long nextSequence;
    private boolean newVolume;
    private long copiedBytes;

    private record PendingRecord(
            SealedRecord record, byte[] digest, Admission.Terms terms, int depth, int live, long sequence) {}

    /**
     * A transaction that has just begun.
     *
     * @param betweenCommits runs after the volume's commit and before the index's: a seam for tests of crashes
     */
    Commit(
            IndexChange index,
            RepositoryId repository,
            VolumeSet volumes,
            RecordReader reader,
            long volumeBytesMax,
            Runnable betweenCommits) {
        this.index = index;
        this.staging = new Staging(index, reader);
        this.retention = new Retention(index, staging);
        this.repository = repository;
        this.volumes = volumes;
        this.volumeBytesMax = volumeBytesMax;
        this.betweenCommits = betweenCommits;
        this.journals = new Journals(repository);
        this.nextSequence = index.mark().nextSequence();
    }

    /** Decides on a request. One that is refused changes nothing. */
    void decide(Request request) {
        try {
            switch (request) {
                case Request.Records records -> records.outcome().decide(store(records));
                case Request.Move move -> move.outcome().decide(move(move.move(), reliance(move.epoch())));
                case Request.Notes notes -> notes.outcome().decide(annotate(notes.notes()));
                case Request.Configure configure -> configure.outcome().decide(configure(configure));
                case Request.CloseEpochs close -> close.outcome().decide(closeEpochs(close.epochs()));
                case Request.LocalRows rows -> {
                    index.putLocal(rows.table(), rows.rows());
                    rows.outcome().decide(true);
                }
                case Request.Step<?> step -> step.run(this);
            }
        } catch (StoreException | IllegalArgumentException e) {
            if (request instanceof Request.Step<?>) {
                throw e;
            }
            request.outcome().refuse(e);
        }
    }

    /** The index, for a {@link Request.Step}. */
    IndexChange index() {
        return index;
    }

    /** Notes findings of those records that are there still, for a {@link Request.Step}. Returns how many rows changed. */
    int note(List<RecordFinding> findings) {
        List<LocalTable.Row> rows = index.damage()
                .rows(findings.stream()
                        .filter(finding -> index.has(finding.sequence()))
                        .toList());
        if (!rows.isEmpty()) {
            index.putLocal(DamageNotes.TABLE, rows);
        }
        return rows.size();
    }

    /** What the journal of this commit says, for a {@link Request.Step}. */
    Journals journals() {
        return journals;
    }

    /** Begins a new volume with this commit, whatever room the active one has. */
    void beginVolume() {
        newVolume = true;
    }

    /** Stores a record that is stored already once more, under its number: its row tells the new place. */
    void copy(long sequence, RecordRow row, SealedRecord record) {
        // As one that is kept: when the index is rebuilt, others of its objects may have come first.
        Admission.Terms terms = new Admission.Terms(Admission.Repeats.KEPT, row.uploader());
        pending.add(new PendingRecord(record, row.digest(), terms, row.depth(), row.live(), sequence));
        copiedBytes += record.bytes().length;
    }

    private Admission.Reliance reliance(long epoch) {
        return index.collection().hides(epoch) ? Admission.Reliance.SAFE_ONLY : Admission.Reliance.CONDEMNED_TOO;
    }

    private CommitReceipt store(Request.Records request) {
        Set<Integer> closed = index.closedEpochs();
        request.records().forEach(record -> Admission.requireOpenEpoch(record, closed));
        IdentityHashMap<SealedRecord, byte[]> made = new IdentityHashMap<>();
        for (int i = 0; i < request.records().size(); i++) {
            made.put(request.records().get(i), request.digests().get(i));
        }
        Function<SealedRecord, byte[]> digests = record -> Objects.requireNonNull(made.get(record));
        List<Admission.Admitted> plan =
                staging.admit(request.records(), digests, request.terms(), reliance(request.epoch()));
        long bytesStored = 0;
        int objectsNew = 0;
        for (Admission.Admitted admitted : plan) {
            byte[] digest = digests.apply(admitted.record());
            staging.provide(admitted, nextSequence, request.terms().repeats(), digest);
            pending.add(new PendingRecord(
                    admitted.record(),
                    digest,
                    termsNoted(request.terms(), admitted),
                    admitted.depth(),
                    admitted.ordinals().length,
                    nextSequence++));
            bytesStored += admitted.record().bytes().length;
            objectsNew += admitted.objectsNew();
        }
        return new CommitReceipt(plan.size(), bytesStored, objectsNew);
    }

    /** What a rebuild must know to admit the record again: an ordinary one is ordinary, however it came. */
    private static Admission.Terms termsNoted(Admission.Terms terms, Admission.Admitted admitted) {
        boolean isAllNew =
                admitted.objectsNew() == admitted.record().header().provided().size();
        if (terms.repeats() == Admission.Repeats.SKIPPED && admitted.objectsNew() == 0) {
            // It was stored for the sake of objects whose providers are noted as damaged, and a rebuild knows no notes.
            return new Admission.Terms(Admission.Repeats.MENDING, terms.uploader());
        }
        return terms.repeats() == Admission.Repeats.KEPT && isAllNew
                ? new Admission.Terms(Admission.Repeats.SKIPPED, terms.uploader())
                : terms;
    }

    private BranchMove.Outcome move(BranchMove move, Admission.Reliance reliance) {
        BranchMove.Outcome first = index.operation(move.operation());
        if (first != null) {
            return first;
        }
        List<ObjectId> all = move.allRetained();
        List<ObjectId> missing =
                all.stream().filter(id -> !staging.isSnapshot(id, reliance)).toList();
        if (!missing.isEmpty()) {
            throw new MissingObjectsException(missing);
        }
        Branch current = index.branch(move.branch());
        ObjectId target = move.target();
        List<RetainedSnapshot> retained = List.of();
        BranchMove.Outcome outcome;
        if (!Objects.equals(move.expected(), current == null ? null : current.snapshot())) {
            outcome = new BranchMove.Outcome.Conflict(current);
        } else {
            all.forEach(staging::root);
            retained = all.stream()
                    .filter(id -> !index.isRetained(id) && (id.equals(target) || !retention.isForgotten(id)))
                    .map(staging::retained)
                    .toList();
            retained.forEach(index::put);
            outcome = point(move.branch(), current, target);
            if (current != null) {
                retention.left(current.snapshot());
            }
        }
        index.put(move.operation(), outcome);
        journals.move(
                move, outcome, retained.stream().map(RetainedSnapshot::snapshot).toList());
        return outcome;
    }

    private BranchMove.Outcome point(String branch, @Nullable Branch current, @Nullable ObjectId target) {
        if (target == null) {
            index.delete(Table.BRANCHES, BranchRows.branchKey(branch));
            return new BranchMove.Outcome.Deleted(Objects.requireNonNull(current));
        }
        Branch moved = new Branch(branch, target, current == null ? 1 : current.version() + 1);
        index.put(moved);
        return new BranchMove.Outcome.Moved(moved);
    }

    private NoteReceipt annotate(List<Note> notes) {
        // A damaged row refuses all of them, before the first is put.
        notes.stream().map(Note::snapshot).distinct().forEach(index::notes);
        int added = 0;
        int leftOut = 0;
        for (Note note : notes) {
            switch (retention.add(note)) {
                case ADDED -> {
                    journals.note(note);
                    added++;
                }
                case NOTHING_NEW -> {}
                case NO_ROOM -> leftOut++;
            }
        }
        return new NoteReceipt(added, leftOut);
    }

    private boolean configure(Request.Configure request) {
        StoredConfiguration wanted = new StoredConfiguration(request.expectedRevision() + 1, request.bytesWanted());
        StoredConfiguration current = index.configuration();
        long revision = current == null ? 0 : current.revision();
        if (current != null && revision == wanted.revision()) {
            return Arrays.equals(current.bytes(), wanted.bytes());
        }
        if (revision != request.expectedRevision()) {
            return false;
        }
        index.put(wanted);
        journals.configuration(wanted);
        return true;
    }

    private boolean closeEpochs(Set<Integer> epochs) {
        boolean isUsed = pending.stream()
                        .anyMatch(
                                record -> epochs.contains(record.record.header().epoch()))
                || !Collections.disjoint(index.epochs().keySet(), epochs);
        if (!isUsed) {
            index.putClosedEpochs(epochs);
        }
        return !isUsed;
    }

    /** Commits what belongs into a volume, and puts the rows that say where it is. The index remains to be committed. */
    void finish() {
        if (pending.isEmpty() && journals.isEmpty()) {
            if (staging.size() > 0) {
                // Damaged providers went, and nothing came.
                flush(index.mark().activeVolume());
            }
            return;
        }
        long bytes = pending.stream()
                .mapToLong(record -> record.record.bytes().length + Container.ENTRY_BYTES)
                .sum();
        int volume = volumeFor(bytes + (bytes >> 8) + (1 << 20));
        List<Integer> numbers = index.volumes();
        if (!numbers.contains(volume)) {
            numbers.add(volume);
        }
        VolumeRow before = index.volume(volume);
        VolumeAppend append = new VolumeAppend(volumes, volume, repository, before);
        try {
            VolumeRow after = append.commit(this::writeRecords, journals.encode(nextSequence, numbers));
            betweenCommits.run();
            index.put(volume, after);
        } catch (RuntimeException e) {
            volumes.discard(volume);
            throw e;
        }
        flush(volume);
    }

    private void flush(int activeVolume) {
        staging.flush();
        Mark mark = index.mark();
        long bytes = mark.recordBytes() + staging.recordBytesAdded() - copiedBytes;
        index.put(new Mark(activeVolume, nextSequence, bytes));
    }

    private int volumeFor(long bytes) {
        int active = index.mark().activeVolume();
        VolumeRow row = active == 0 ? null : index.volume(active);
        boolean isEmpty = row != null && row.lastContainer() == 0;
        if (row != null && !isEmpty && !newVolume && row.bytes() + bytes <= volumeBytesMax) {
            return active;
        }
        if (row != null) {
            journals.checkpoint(index);
        }
        if (isEmpty) {
            return active;
        }
        volumes.create(active + 1);
        return active + 1;
    }

    /** Packs the pending records into containers of about a MiB. */
    private void writeRecords(VolumeAppend append) {
        int from = 0;
        while (from < pending.size()) {
            int to = from;
            long bytes = 0;
            List<Container.Body> bodies = new ArrayList<>();
            while (to < pending.size()
                    && to - from < Container.ENTRIES_MAX
                    && (to == from
                            || fits(
                                    to - from + 1,
                                    bytes + pending.get(to).record.bytes().length))) {
                PendingRecord record = pending.get(to++);
                bytes += record.record.bytes().length;
                bodies.add(new Container.Body(record.record.bytes(), record.terms, record.digest));
            }
            long[] sequences = pending.subList(from, to).stream()
                    .mapToLong(PendingRecord::sequence)
                    .toArray();
            Container container = append.records(sequences, bodies, bytes);
            place(container, pending.subList(from, to));
            from = to;
        }
    }

    private static boolean fits(int bodies, long bodyBytes) {
        return Container.valueBytes(bodies, bodyBytes, true) <= Container.TARGET_BYTES;
    }

    private void place(Container container, List<PendingRecord> records) {
        int offset = container.bodyAt();
        for (PendingRecord record : records) {
            int length = record.record.bytes().length;
            staging.place(
                    record.sequence,
                    new RecordRow(
                            container.volume(),
                            container.key(),
                            offset,
                            length,
                            record.record.header().kind(),
                            record.depth,
                            record.record.header().epoch(),
                            record.live,
                            record.terms.uploader(),
                            record.digest));
            offset += length;
        }
    }
}
