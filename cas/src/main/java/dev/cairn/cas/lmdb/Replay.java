package dev.cairn.cas.lmdb;

import com.google.protobuf.ByteString;
import dev.cairn.cas.Admission;
import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.Note;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.Sha256;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.cas.lmdb.wire.Journal;
import dev.cairn.cas.lmdb.wire.JournalBranch;
import dev.cairn.cas.lmdb.wire.JournalConfiguration;
import dev.cairn.cas.lmdb.wire.JournalMove;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Indexes containers that the index does not know, by the same rule that admitted their records: each record on its own, in
 * stored order, so that a record whose children are gone is left out. Journals are applied where what they name is there.
 *
 * <p>Rows say where a container is, whatever volume it says it was written to: a file may have been renamed. A record keeps its
 * sequence, or gets the next free one where another record has it: volumes of two replicas of one
 * repository may meet in a folder.
 *
 * <p>Applying a container twice changes nothing. Not thread-safe.
 */
final class Replay {

    private final IndexChange index;
    private final Staging staging;
    private final Retention retention;
    private final RepositoryId repository;
    private final Losses losses;
    private final Admission.Reliance reliance;
    private long nextSequence;
    private long recordsIndexed;
    private long recordBytesPut;

    /** Hears of what could not be indexed. */
    interface Losses {
        /** Something does not read back. */
        void damaged(StoreException damage);

        /** A record is whole, but what it builds on is not there (yet). */
        void notClosed(int volume, long container, int entry, MissingObjectsException reason);

        /** A journal says that these volumes were there, of which some may be gone. */
        void volumes(List<Integer> numbers);

        /** A journal says that a snapshot was retained; it is not there, or incomplete. It may have been collected later. */
        void retainedGone(ObjectId snapshot, CorruptDataException loss);

        /** A journal says that a branch was at a snapshot that is not there, or incomplete. It may have moved on since. */
        void branchGone(Branch branch, CorruptDataException loss);

        /** A journal says that a branch was deleted when it was there. */
        void branchDeleted(Branch branch);

        /** A journal says that a snapshot was collected. */
        void collected(ObjectId snapshot);
    }

    Replay(IndexChange index, RecordReader reader, RepositoryId repository, Losses losses) {
        this(index, reader, repository, losses, Admission.Reliance.CONDEMNED_TOO);
    }

    Replay(
            IndexChange index,
            RecordReader reader,
            RepositoryId repository,
            Losses losses,
            Admission.Reliance reliance) {
        this.reliance = reliance;
        this.index = index;
        this.staging = new Staging(index, reader);
        this.retention = new Retention(index, staging);
        this.repository = repository;
        this.losses = losses;
        this.nextSequence = index.mark().nextSequence();
    }

    /** Indexes one container, or reports why not. */
    void container(int volume, long key, ByteBuffer value, String where) {
        container(volume, key, value, where, EnumSet.allOf(Container.Kind.class));
    }

    /** As above; containers of other kinds are passed over, and one that does not parse is a damaged one of records. */
    void container(int volume, long key, ByteBuffer value, String where, Set<Container.Kind> kinds) {
        Container container = null;
        try {
            container = parse(key, value, where);
            if (!kinds.contains(container.kind())) {
                return;
            }
            switch (container.kind()) {
                case RECORDS -> {
                    for (int entry = 0; entry < container.entries().size(); entry++) {
                        record(volume, container, entry, value, where);
                    }
                }
                case JOURNAL -> journal(Journals.parse(body(container, 0, value, where), where), where);
            }
        } catch (StoreException e) {
            if (container != null || kinds.contains(Container.Kind.RECORDS)) {
                losses.damaged(e);
            }
        }
    }

    /** Tries again one record that was {@link Losses#notClosed}; reports as {@link #container} does. */
    void record(int volume, long key, int entry, ByteBuffer value, String where) {
        try {
            record(volume, parse(key, value, where), entry, value, where);
        } catch (StoreException e) {
            losses.damaged(e);
        }
    }

    private Container parse(long key, ByteBuffer value, String where) {
        Container container = Container.parseHead(value, where);
        if (container.key() != key) {
            throw new CorruptDataException(where, "container " + key, "container " + container.key());
        }
        if (!container.repository().equals(repository)) {
            throw new CorruptDataException(where, "repository " + repository, "repository " + container.repository());
        }
        return container;
    }

    private void record(int volume, Container container, int entry, ByteBuffer value, String where) {
        long written = container.entries().get(entry).sequence();
        nextSequence = Math.max(nextSequence, written + 1);
        try {
            SealedRecord record = SealedRecord.parse(body(container, entry, value, where), where, staging.children());
            Container.Entry stored = container.entries().get(entry);
            for (Admission.Admitted admitted :
                    staging.admit(List.of(record), _ -> stored.digest(), stored.terms(), reliance)) {
                long sequence = staging.isTaken(written) ? nextSequence++ : written;
                staging.provide(admitted, sequence, stored.terms().repeats(), stored.digest());
                staging.place(
                        sequence,
                        new RecordRow(
                                volume,
                                container.key(),
                                offset(container, entry),
                                stored.length(),
                                record.header().kind(),
                                admitted.depth(),
                                record.header().epoch(),
                                admitted.ordinals().length,
                                stored.terms().uploader(),
                                stored.digest()));
                recordsIndexed++;
            }
        } catch (MissingObjectsException e) {
            losses.notClosed(volume, container.key(), entry, e);
        } catch (StoreException e) {
            losses.damaged(e);
        }
    }

    private static int offset(Container container, int entry) {
        int offset = container.bodyAt();
        for (int i = 0; i < entry; i++) {
            offset += container.entries().get(i).length();
        }
        return offset;
    }

    private static byte[] body(Container container, int entry, ByteBuffer value, String where) {
        Container.Entry stored = container.entries().get(entry);
        int offset = offset(container, entry);
        String place = where + ", record " + stored.sequence();
        if (offset > value.limit() - stored.length()) {
            throw new CorruptDataException(
                    place, stored.length() + " bytes at " + offset, "a container of " + value.limit());
        }
        byte[] body = new byte[stored.length()];
        value.get(offset, body);
        if (!Arrays.equals(stored.digest(), Sha256.of(body))) {
            throw new CorruptDataException(place, "the digest that was stored", "another");
        }
        return body;
    }

    private void journal(Journal journal, String where) {
        if (journal.getNextSequence() < 0 || journal.getNextSequence() > RecordRow.SEQUENCE_MAX) {
            throw new CorruptDataException(where, "a sequence", Long.toUnsignedString(journal.getNextSequence()));
        }
        nextSequence = Math.max(nextSequence, journal.getNextSequence());
        losses.volumes(journal.getVolumesList());
        if (journal.hasCheckpoint()) {
            if (journal.getCheckpoint().hasConfiguration()) {
                configuration(journal.getCheckpoint().getConfiguration(), where);
            }
            journal.getCheckpoint().getNotesList().forEach(note -> note(note, where));
            journal.getCheckpoint().getRetainedList().forEach(id -> retain(Journals.id(id, where), where));
            for (JournalBranch branch : journal.getCheckpoint().getBranchesList()) {
                point(Journals.branch(branch.getName(), branch.getSnapshot(), branch.getVersion(), where), where);
            }
        }
        if (journal.hasConfiguration()) {
            configuration(journal.getConfiguration(), where);
        }
        for (JournalMove move : journal.getMovesList()) {
            move(move, where);
        }
        for (ByteString bytes : journal.getCollectedList()) {
            ObjectId snapshot = Journals.id(bytes, where);
            index.unretain(snapshot);
            losses.collected(snapshot);
        }
        journal.getNotesList().forEach(note -> note(note, where));
    }

    private void configuration(JournalConfiguration message, String where) {
        StoredConfiguration configuration = Journals.configuration(message, where);
        StoredConfiguration current = index.configuration();
        if (current == null || current.revision() < configuration.revision()) {
            index.put(configuration);
        }
    }

    /** The answer of a move whose snapshot is gone is forgotten: asked again, it must not be said to have moved. */
    private void move(JournalMove move, String where) {
        Branch branch = Journals.branch(move.getBranch(), move.getSnapshot(), move.getVersion(), where);
        BranchMove.Outcome outcome;
        if (move.getDeleted() && branch != null) {
            outcome = new BranchMove.Outcome.Deleted(branch);
            delete(branch);
        } else if (move.getMoved() && branch != null) {
            outcome = new BranchMove.Outcome.Moved(branch);
            move.getRetainedList().forEach(id -> retain(Journals.id(id, where), where));
            if (!point(branch, where)) {
                return;
            }
        } else {
            outcome = new BranchMove.Outcome.Conflict(branch);
        }
        index.put(Journals.operation(move.getOperation(), where), outcome);
    }

    private void delete(Branch branch) {
        losses.branchDeleted(branch);
        Branch current = index.branch(branch.name());
        if (current != null && current.version() <= branch.version()) {
            index.delete(Table.BRANCHES, BranchRows.branchKey(branch.name()));
            retention.left(current.snapshot());
        }
    }

    private void note(ByteString bytes, String where) {
        try {
            retention.add(Note.parse(bytes.toByteArray(), where));
        } catch (StoreException e) {
            losses.damaged(e);
        }
    }

    private void retain(ObjectId snapshot, String where) {
        if (index.isRetained(snapshot)) {
            return;
        }
        if (!staging.isSnapshot(snapshot, reliance)) {
            losses.retainedGone(
                    snapshot,
                    new CorruptDataException(where, "retained snapshot " + snapshot, "none, or an incomplete one"));
            return;
        }
        staging.root(snapshot);
        try {
            index.put(staging.retained(snapshot));
        } catch (CorruptDataException e) {
            losses.damaged(e);
        }
    }

    /**
     * A branch goes to its newest version whose snapshot is whole; of two equal ones the later counts, since the earlier was
     * never acknowledged. Returns false where this one's snapshot is not whole.
     */
    private boolean point(@Nullable Branch branch, String where) {
        Branch current = branch == null ? null : index.branch(branch.name());
        if (branch == null || (current != null && current.version() > branch.version())) {
            return true;
        }
        if (!staging.isSnapshot(branch.snapshot(), reliance)) {
            losses.branchGone(
                    branch,
                    new CorruptDataException(
                            where,
                            "branch %s at snapshot %s".formatted(branch.name(), branch.snapshot()),
                            "no such snapshot, or an incomplete one"));
            return false;
        }
        staging.root(branch.snapshot());
        index.put(branch);
        if (current != null && !current.snapshot().equals(branch.snapshot())) {
            retention.left(current.snapshot());
        }
        return true;
    }

    /** How many rows wait to be put. */
    int stagedRows() {
        return staging.size();
    }

    long recordsIndexed() {
        return recordsIndexed;
    }

    /** Puts the rows gathered so far, and how far it came. */
    void flush(int activeVolume) {
        staging.flush();
        long added = staging.recordBytesAdded() - recordBytesPut;
        recordBytesPut = staging.recordBytesAdded();
        Mark mark = index.mark();
        index.put(new Mark(Math.max(activeVolume, mark.activeVolume()), nextSequence, mark.recordBytes() + added));
    }
}
