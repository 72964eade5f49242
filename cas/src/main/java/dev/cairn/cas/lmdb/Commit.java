package dev.cairn.cas.lmdb;

import dev.cairn.cas.Admission;
import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.LocalTable;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore.CommitReceipt;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.StoredConfiguration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;

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
    private final RepositoryId repository;
    private final VolumeSet volumes;
    private final long volumeBytesMax;
    private final Runnable betweenCommits;
    private final Journals journals;
    private final List<PendingRecord> pending = new ArrayList<>();
    private long nextSequence;

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
                case Request.Move move -> move.outcome().decide(move(move.move()));
                case Request.Configure configure -> configure.outcome().decide(configure(configure));
                case Request.LocalRows rows -> {
                    putLocal(rows);
                    rows.outcome().decide(true);
                }
            }
        } catch (StoreException | IllegalArgumentException e) {
            request.outcome().refuse(e);
        }
    }

    private CommitReceipt store(Request.Records request) {
        List<Admission.Admitted> plan = staging.admit(request.records(), request.terms());
        IdentityHashMap<SealedRecord, byte[]> digests = new IdentityHashMap<>();
        for (int i = 0; i < request.records().size(); i++) {
            digests.put(request.records().get(i), request.digests().get(i));
        }
        long bytesStored = 0;
        int objectsNew = 0;
        for (Admission.Admitted admitted : plan) {
            byte[] digest = Objects.requireNonNull(digests.get(admitted.record()));
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

    private BranchMove.Outcome move(BranchMove move) {
        BranchMove.Outcome first = index.operation(move.operation());
        if (first != null) {
            return first;
        }
        List<ObjectId> all = move.allRetained();
        List<ObjectId> missing =
                all.stream().filter(id -> !staging.isSnapshot(id)).toList();
        if (!missing.isEmpty()) {
            throw new MissingObjectsException(missing);
        }
        Branch current = index.branch(move.branch());
        List<RetainedSnapshot> retained = List.of();
        BranchMove.Outcome outcome;
        if (!Objects.equals(move.expected(), current == null ? null : current.snapshot())) {
            outcome = new BranchMove.Outcome.Conflict(current);
        } else {
            retained = all.stream()
                    .filter(id -> !index.isRetained(id))
                    .map(staging::retained)
                    .toList();
            Branch moved = new Branch(move.branch(), move.target(), current == null ? 1 : current.version() + 1);
            retained.forEach(index::put);
            index.put(moved);
            outcome = new BranchMove.Outcome.Moved(moved);
        }
        index.put(move.operation(), outcome);
        journals.move(
                move, outcome, retained.stream().map(RetainedSnapshot::snapshot).toList());
        return outcome;
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

    private void putLocal(Request.LocalRows request) {
        Table table = index.local(request.table());
        if (table == null) {
            int slot = index.locals();
            if (slot >= LocalTable.TABLES_MAX) {
                throw new IllegalArgumentException(
                        "at most %d local tables: no room for %s".formatted(LocalTable.TABLES_MAX, request.table()));
            }
            index.put(Table.META, IndexView.localKey(request.table()), IndexView.encodeLocal(request.table(), slot));
            table = Table.local(slot);
        }
        for (LocalTable.Row row : request.rows()) {
            if (row.value().length == 0) {
                index.delete(table, row.key());
            } else {
                java.nio.ByteBuffer value = java.nio.ByteBuffer.allocate(row.value().length);
                index.put(table, row.key(), RowCheck.seal(table, row.key(), value.put(row.value())));
            }
        }
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
        long bytes = index.mark().recordBytes() + staging.recordBytesAdded();
        index.put(new Mark(activeVolume, nextSequence, bytes));
    }

    private int volumeFor(long bytes) {
        int active = index.mark().activeVolume();
        VolumeRow row = active == 0 ? null : index.volume(active);
        boolean isEmpty = row != null && row.lastContainer() == 0;
        if (row != null && !isEmpty && row.bytes() + bytes <= volumeBytesMax) {
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
            Container container = append.records(pending.get(from).sequence, bodies, bytes);
            place(container, pending.subList(from, to));
            from = to;
        }
    }

    private static boolean fits(int bodies, long bodyBytes) {
        return Container.valueBytes(bodies, bodyBytes) <= Container.TARGET_BYTES;
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
