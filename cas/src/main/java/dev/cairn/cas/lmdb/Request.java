package dev.cairn.cas.lmdb;

import dev.cairn.cas.Admission;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.LocalTable;
import dev.cairn.cas.Note;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.SealedRecord;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Something to be written, with the place where its outcome goes. Requests of several callers share a transaction. */
sealed interface Request {

    /** Where the outcome goes. */
    Outcome<?> outcome();

    /** What it adds to the size of a transaction, about. */
    long bytes();

    /** How many objects it provides. */
    default int objects() {
        return 0;
    }

    /** Store records; {@code digests} are theirs, in order; {@code epoch} is that of the session that asks. */
    record Records(
            List<SealedRecord> records,
            List<byte[]> digests,
            Admission.Terms terms,
            long epoch,
            Outcome<ObjectStore.CommitReceipt> outcome)
            implements Request {
        @Override
        public long bytes() {
            return records.stream().mapToLong(record -> record.bytes().length).sum();
        }

        @Override
        public int objects() {
            return records.stream()
                    .mapToInt(record -> record.header().provided().size())
                    .sum();
        }
    }

    /** Move a branch. */
    record Move(BranchMove move, long epoch, Outcome<BranchMove.Outcome> outcome) implements Request {
        /** Ids of the list of retained snapshots, which stand in the journal and in the index. */
        @Override
        public long bytes() {
            return 1024 + 4L * ObjectId.BYTES * move.retained().size();
        }
    }

    /** Add notes. */
    record Notes(List<Note> notes, Outcome<ObjectStore.NoteReceipt> outcome) implements Request {
        /** They stand in the journal and in the index. */
        @Override
        public long bytes() {
            return notes.stream().mapToLong(note -> 2L * note.length()).sum();
        }
    }

    /** Replace the configuration. */
    record Configure(long expectedRevision, byte[] bytesWanted, Outcome<Boolean> outcome) implements Request {
        @Override
        public long bytes() {
            return bytesWanted.length;
        }
    }

    /** Close these epochs, and no others. */
    record CloseEpochs(Set<Integer> epochs, Outcome<Boolean> outcome) implements Request {
        @Override
        public long bytes() {
            return (long) Integer.BYTES * epochs.size();
        }
    }

    /** Put rows into a local table. */
    record LocalRows(String table, List<LocalTable.Row> rows, Outcome<Boolean> outcome) implements Request {
        @Override
        public long bytes() {
            return rows.stream()
                    .mapToLong(row -> row.key().length + row.value().length)
                    .sum();
        }
    }

    /** Do something in a transaction that it shares with no other request, and that counts for nothing if it throws. */
    record Step<T>(Function<Commit, T> step, Outcome<T> outcome) implements Request {
        @Override
        public long bytes() {
            return 0;
        }

        void run(Commit commit) {
            outcome.decide(step.apply(commit));
        }
    }
}
