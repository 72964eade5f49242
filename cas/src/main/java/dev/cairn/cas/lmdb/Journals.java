package dev.cairn.cas.lmdb;

import com.google.protobuf.ByteString;
import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.Note;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.OperationId;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.cas.lmdb.wire.Journal;
import dev.cairn.cas.lmdb.wire.JournalBranch;
import dev.cairn.cas.lmdb.wire.JournalConfiguration;
import dev.cairn.cas.lmdb.wire.JournalMove;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The journals of one commit: one message, or several where one would be too long. Each is the body of a journal container.
 */
final class Journals {

    /** The longest message, in bytes. */
    private static final int BYTES_MAX = 4 << 20;

    private static final int NOTES_READ = 1024;

    private final RepositoryId repository;
    private final List<Journal.Builder> parts = new ArrayList<>();
    private Journal.Builder current = Journal.newBuilder();
    private int currentBytes;

    Journals(RepositoryId repository) {
        this.repository = repository;
        parts.add(current);
    }

    /** Whether it says more than that there was a commit. */
    boolean isEmpty() {
        return currentBytes == 0;
    }

    void move(BranchMove move, BranchMove.Outcome outcome, List<ObjectId> newlyRetained) {
        Branch branch = BranchRows.branchOf(outcome);
        JournalMove.Builder message = JournalMove.newBuilder()
                .setOperation(ByteString.copyFrom(BranchRows.operationKey(move.operation())))
                .setBranch(move.branch())
                .setMoved(outcome instanceof BranchMove.Outcome.Moved)
                .setDeleted(outcome instanceof BranchMove.Outcome.Deleted);
        if (branch != null) {
            message.setSnapshot(bytes(branch.snapshot())).setVersion(branch.version());
        }
        newlyRetained.forEach(id -> message.addRetained(bytes(id)));
        room(message.build().getSerializedSize()).addMoves(message);
    }

    void note(Note note) {
        room(note.length() + 8).addNotes(ByteString.copyFrom(note.bytes()));
    }

    void configuration(StoredConfiguration configuration) {
        room(configuration.bytes().length).setConfiguration(message(configuration));
    }

    /** Says that these snapshots were collected. */
    void collected(Iterable<ObjectId> snapshots) {
        snapshots.forEach(id -> room(40).addCollected(bytes(id)));
    }

    /** Sees to it that there is a journal, even if it says nothing but which volumes there are. */
    void require() {
        currentBytes = Math.max(currentBytes, 1);
    }

    /**
     * Takes over from the journal of a volume that goes what no later one says: answers to moves, and what was collected.
     * Branches, retained snapshots and the configuration stand in the checkpoint of a later volume.
     */
    void carry(Journal journal, Predicate<ObjectId> isRetained, String where) {
        for (JournalMove move : journal.getMovesList()) {
            JournalMove answer = move.toBuilder().clearRetained().build();
            room(answer.getSerializedSize()).addMoves(answer);
        }
        for (ByteString bytes : journal.getCollectedList()) {
            if (!isRetained.test(id(bytes, where))) {
                room(40).addCollected(bytes);
            }
        }
    }

    /** The state before the commit, at the start of a volume. */
    void checkpoint(IndexView index) {
        StoredConfiguration configuration = index.configuration();
        if (configuration != null) {
            room(configuration.bytes().length).getCheckpointBuilder().setConfiguration(message(configuration));
        }
        for (Branch branch : index.branches()) {
            room(Branch.NAME_BYTES_MAX + 64)
                    .getCheckpointBuilder()
                    .addBranches(JournalBranch.newBuilder()
                            .setName(branch.name())
                            .setSnapshot(bytes(branch.snapshot()))
                            .setVersion(branch.version()));
        }
        checkpointNotes(index);
        index.snapshots().forEach(snapshot -> room(40).getCheckpointBuilder().addRetained(bytes(snapshot.snapshot())));
    }

    private void checkpointNotes(IndexView index) {
        byte @Nullable [] last = null;
        for (List<Note> page = index.notesAfter(null, NOTES_READ);
                !page.isEmpty();
                page = index.notesAfter(last, NOTES_READ)) {
            page.forEach(
                    note -> room(note.length() + 8).getCheckpointBuilder().addNotes(ByteString.copyFrom(note.bytes())));
            last = page.getLast().key();
        }
    }

    private Journal.Builder room(int bytes) {
        if (currentBytes > 0 && currentBytes + bytes > BYTES_MAX) {
            current = Journal.newBuilder();
            parts.add(current);
            currentBytes = 0;
        }
        currentBytes += bytes + 16;
        return current;
    }

    /** The bodies of the containers to write. */
    List<byte[]> encode(long nextSequence, List<Integer> volumes) {
        return parts.stream()
                .map(part -> part.setRepositoryId(ByteString.copyFrom(repository.bytes()))
                        .setNextSequence(nextSequence)
                        .addAllVolumes(volumes)
                        .build()
                        .toByteArray())
                .toList();
    }

    private static JournalConfiguration message(StoredConfiguration configuration) {
        return JournalConfiguration.newBuilder()
                .setRevision(configuration.revision())
                .setBytes(ByteString.copyFrom(configuration.bytes()))
                .build();
    }

    private static ByteString bytes(ObjectId id) {
        return ByteString.copyFrom(id.bytes());
    }

    static Journal parse(byte[] bytes, String where) {
        try {
            JournalFields.require(bytes, where);
            return Journal.parseFrom(bytes);
        } catch (IOException e) {
            throw CorruptDataException.because(where, "not a journal", e);
        }
    }

    static ObjectId id(ByteString bytes, String where) {
        if (bytes.size() != ObjectId.BYTES) {
            throw new CorruptDataException(where, "an id of 32 bytes", bytes.size() + " bytes");
        }
        return ObjectId.of(bytes.toByteArray());
    }

    static OperationId operation(ByteString bytes, String where) {
        if (bytes.size() != OperationId.BYTES) {
            throw new CorruptDataException(where, "an operation of 16 bytes", bytes.size() + " bytes");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes.toByteArray());
        return new OperationId(buffer.getLong(), buffer.getLong());
    }

    /** The branch that a journal tells of, or null where it tells of none. */
    static @Nullable Branch branch(String name, ByteString snapshot, long version, String where) {
        try {
            return snapshot.isEmpty() ? null : new Branch(name, id(snapshot, where), version);
        } catch (IllegalArgumentException e) {
            throw CorruptDataException.because(where, "not a branch name", e);
        }
    }

    static StoredConfiguration configuration(JournalConfiguration message, String where) {
        try {
            return new StoredConfiguration(
                    message.getRevision(), message.getBytes().toByteArray());
        } catch (IllegalArgumentException e) {
            throw CorruptDataException.because(where, "not a configuration", e);
        }
    }
}
