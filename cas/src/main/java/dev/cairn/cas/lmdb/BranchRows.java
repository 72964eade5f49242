package dev.cairn.cas.lmdb;

import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove.Outcome;
import dev.cairn.cas.BranchMove.Outcome.Conflict;
import dev.cairn.cas.BranchMove.Outcome.Deleted;
import dev.cairn.cas.BranchMove.Outcome.Moved;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.OperationId;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RetainedSnapshot;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of branches, of operations and of retained snapshots.
 *
 * <p>Formats, before the checksum: a branch is snapshot 32, version 8; an operation is answer 1 (1 moved, 2 conflict, 3 deleted),
 * and where there is a branch its snapshot 32, version 8, name; a retained snapshot is sequence 8, parent count 2, root count 4,
 * parents, roots.
 */
final class BranchRows {

    private static final int MOVED = 1;
    private static final int CONFLICT = 2;
    private static final int DELETED = 3;
    private static final int BRANCH_BYTES = ObjectId.BYTES + 8;

    private BranchRows() {}

    static byte[] branchKey(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] encode(Branch branch) {
        ByteBuffer value = ByteBuffer.allocate(BRANCH_BYTES);
        branch.snapshot().write(value);
        return RowCheck.seal(Table.BRANCHES, branchKey(branch.name()), value.putLong(branch.version()));
    }

    static Branch decodeBranch(byte[] key, ByteBuffer row) {
        ByteBuffer value = RowCheck.open(Table.BRANCHES, key, row);
        if (value.remaining() != BRANCH_BYTES) {
            throw RowCheck.damaged(Table.BRANCHES, key, BRANCH_BYTES + " bytes", value.remaining() + " bytes");
        }
        return branch(Table.BRANCHES, key, key, value);
    }

    static byte[] operationKey(OperationId operation) {
        return ByteBuffer.allocate(OperationId.BYTES)
                .putLong(operation.high())
                .putLong(operation.low())
                .array();
    }

    static byte[] encode(OperationId operation, Outcome outcome) {
        byte answer = switch (outcome) {
            case Moved _ -> MOVED;
            case Conflict _ -> CONFLICT;
            case Deleted _ -> DELETED;
        };
        Branch branch = branchOf(outcome);
        byte[] name = branch == null ? new byte[0] : branchKey(branch.name());
        ByteBuffer value = ByteBuffer.allocate(1 + (branch == null ? 0 : BRANCH_BYTES + name.length));
        value.put(answer);
        if (branch != null) {
            branch.snapshot().write(value);
            value.putLong(branch.version()).put(name);
        }
        return RowCheck.seal(Table.OPERATIONS, operationKey(operation), value);
    }

    static @Nullable Branch branchOf(Outcome outcome) {
        return switch (outcome) {
            case Moved moved -> moved.branch();
            case Conflict conflict -> conflict.current();
            case Deleted deleted -> deleted.last();
        };
    }

    static Outcome decodeOutcome(byte[] key, ByteBuffer row) {
        ByteBuffer value = RowCheck.open(Table.OPERATIONS, key, row);
        int answer = value.hasRemaining() ? value.get() : 0;
        Branch branch = null;
        if (value.remaining() > BRANCH_BYTES) {
            byte[] name = new byte[value.remaining() - BRANCH_BYTES];
            value.get(value.position() + BRANCH_BYTES, name);
            branch = branch(Table.OPERATIONS, key, name, value);
        } else if (value.hasRemaining()) {
            throw RowCheck.damaged(Table.OPERATIONS, key, "a branch", value.remaining() + " bytes");
        }
        if (answer == MOVED && branch != null) {
            return new Moved(branch);
        }
        if (answer == DELETED && branch != null) {
            return new Deleted(branch);
        }
        if (answer == CONFLICT) {
            return new Conflict(branch);
        }
        throw RowCheck.damaged(Table.OPERATIONS, key, "an answer", "answer " + answer);
    }

    private static Branch branch(Table table, byte[] key, byte[] name, ByteBuffer value) {
        try {
            return new Branch(new String(name, StandardCharsets.UTF_8), ObjectId.read(value), value.getLong());
        } catch (IllegalArgumentException e) {
            throw RowCheck.damaged(table, key, "a branch", String.valueOf(e.getMessage()));
        }
    }

    static byte[] encode(RetainedSnapshot snapshot) {
        int ids = snapshot.parents().size() + snapshot.roots().size();
        ByteBuffer value = ByteBuffer.allocate(8 + 2 + 4 + ids * ObjectId.BYTES);
        value.putLong(snapshot.sequence());
        value.putShort((short) snapshot.parents().size());
        value.putInt(snapshot.roots().size());
        snapshot.parents().forEach(id -> id.write(value));
        snapshot.roots().forEach(id -> id.write(value));
        return RowCheck.seal(Table.SNAPSHOTS, snapshot.snapshot().bytes(), value);
    }

    static RetainedSnapshot decodeSnapshot(byte[] key, ByteBuffer row) {
        ByteBuffer value = RowCheck.open(Table.SNAPSHOTS, key, row);
        if (key.length != ObjectId.BYTES || value.remaining() < 14) {
            throw RowCheck.damaged(Table.SNAPSHOTS, key, "a retained snapshot", value.remaining() + " bytes");
        }
        long sequence = value.getLong();
        int parents = Short.toUnsignedInt(value.getShort());
        int roots = value.getInt();
        boolean fits = parents <= RecordHeader.PARENTS_MAX
                && roots >= 0
                && roots <= RecordHeader.CHILDREN_MAX
                && value.remaining() == (parents + roots) * ObjectId.BYTES;
        if (!fits) {
            throw RowCheck.damaged(Table.SNAPSHOTS, key, parents + " parents, " + roots + " roots", "another length");
        }
        return new RetainedSnapshot(ObjectId.of(key), sequence, ids(value, parents), ids(value, roots));
    }

    private static List<ObjectId> ids(ByteBuffer value, int count) {
        List<ObjectId> ids = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ids.add(ObjectId.read(value));
        }
        return ids;
    }
}
