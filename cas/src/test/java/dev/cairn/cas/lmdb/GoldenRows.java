package dev.cairn.cas.lmdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.OperationId;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.StoredConfiguration;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** One row of every kind, how it is written and what is read from it. */
enum GoldenRows {
    OBJECT("row-object.bin"),
    RECORD("row-record.bin"),
    VOLUME("row-volume.bin"),
    MARK("row-mark.bin"),
    REPOSITORY("row-repository.bin"),
    CONFIGURATION("row-configuration.bin"),
    BRANCH("row-branch.bin"),
    OPERATION_MOVED("row-operation-moved.bin"),
    OPERATION_CONFLICT("row-operation-conflict.bin"),
    OPERATION_CONFLICT_WITH_NOTHING("row-operation-conflict-with-nothing.bin"),
    SNAPSHOT("row-snapshot.bin"),
    LOCAL_NAME("row-local-name.bin"),
    LOCAL("row-local.bin");

    private static final byte[] LOCAL_KEY = {1, 2, 3};
    private static final String LOCAL_TABLE = "stat-cache";

    final String fileName;

    GoldenRows(String fileName) {
        this.fileName = fileName;
    }

    byte[] encode() {
        return switch (this) {
            case OBJECT -> Values.object().encode(Values.ID);
            case RECORD -> Values.record().encode(Values.SEQUENCE);
            case VOLUME -> Values.volume().encode(Values.VOLUME);
            case MARK -> Values.MARK.encode();
            case REPOSITORY -> IndexView.encode(Values.REPOSITORY);
            case CONFIGURATION -> IndexView.encode(Values.CONFIGURATION);
            case BRANCH -> BranchRows.encode(Values.BRANCH);
            case OPERATION_MOVED -> BranchRows.encode(Values.OPERATION, Values.MOVED);
            case OPERATION_CONFLICT -> BranchRows.encode(Values.OPERATION, Values.CONFLICT);
            case OPERATION_CONFLICT_WITH_NOTHING -> BranchRows.encode(Values.OPERATION, Values.NO_BRANCH);
            case SNAPSHOT -> BranchRows.encode(Values.SNAPSHOT);
            case LOCAL_NAME -> IndexView.encodeLocal(LOCAL_TABLE, 5);
            case LOCAL -> HeapRows.sealed(Table.LOCAL_5, LOCAL_KEY, "local".getBytes(UTF_8));
        };
    }

    /** What a row says, as something that can be compared. */
    Object decode(byte[] row) {
        ByteBuffer buffer = ByteBuffer.wrap(row);
        return switch (this) {
            case OBJECT -> ObjectRow.decode(Values.ID.bytes(), buffer);
            case RECORD -> Values.describe(RecordRow.decode(RecordRow.key(Values.SEQUENCE), buffer));
            case VOLUME -> Values.describe(VolumeRow.decode(VolumeRow.key(Values.VOLUME), buffer));
            case MARK -> Mark.decode(buffer);
            case REPOSITORY ->
                Objects.requireNonNull(
                        Values.meta(IndexView.repositoryKey(), row).repository());
            case CONFIGURATION ->
                Values.describe(Values.meta(IndexView.configurationKey(), row).configuration());
            case BRANCH -> BranchRows.decodeBranch(BranchRows.branchKey(Values.BRANCH.name()), buffer);
            case OPERATION_MOVED, OPERATION_CONFLICT, OPERATION_CONFLICT_WITH_NOTHING ->
                BranchRows.decodeOutcome(BranchRows.operationKey(Values.OPERATION), buffer);
            case SNAPSHOT -> BranchRows.decodeSnapshot(Values.ID.bytes(), buffer);
            case LOCAL_NAME ->
                Objects.requireNonNull(
                        Values.meta(IndexView.localKey(LOCAL_TABLE), row).local(LOCAL_TABLE));
            case LOCAL -> new String(IndexView.bytes(RowCheck.open(Table.LOCAL_5, LOCAL_KEY, buffer)), UTF_8);
        };
    }

    /** What the golden row must say. */
    Object expected() {
        return switch (this) {
            case OBJECT -> Values.object();
            case RECORD -> Values.describe(Values.record());
            case VOLUME -> Values.describe(Values.volume());
            case MARK -> Values.MARK;
            case REPOSITORY -> Values.REPOSITORY;
            case CONFIGURATION -> Values.describe(Values.CONFIGURATION);
            case BRANCH -> Values.BRANCH;
            case OPERATION_MOVED -> Values.MOVED;
            case OPERATION_CONFLICT -> Values.CONFLICT;
            case OPERATION_CONFLICT_WITH_NOTHING -> Values.NO_BRANCH;
            case SNAPSHOT -> Values.SNAPSHOT;
            case LOCAL_NAME -> Table.LOCAL_5;
            case LOCAL -> "local";
        };
    }

    /** What the rows hold. Numbers use all their bytes. */
    static final class Values {
        static final ObjectId ID = new ObjectId(0x0102030405060708L, 9, -1, Long.MIN_VALUE);
        static final int VOLUME = 7;
        static final long SEQUENCE = 0x00a1b2c3d4e5f6L;
        static final RepositoryId REPOSITORY = new RepositoryId(new ObjectId(1, 2, 3, 4));
        static final Mark MARK = new Mark(0x01020304, SEQUENCE, 0x1122334455667788L);
        static final StoredConfiguration CONFIGURATION =
                new StoredConfiguration(0x0a0b0c0d0e0fL, "configuration".getBytes(UTF_8));
        static final Branch BRANCH = new Branch("main/ä", ID, 0x0102030405060708L);
        static final OperationId OPERATION = new OperationId(0x1112131415161718L, -2);
        static final BranchMove.Outcome MOVED = new BranchMove.Outcome.Moved(BRANCH);
        static final BranchMove.Outcome CONFLICT = new BranchMove.Outcome.Conflict(BRANCH);
        static final BranchMove.Outcome NO_BRANCH = new BranchMove.Outcome.Conflict(null);
        static final RetainedSnapshot SNAPSHOT = new RetainedSnapshot(
                ID, 0x0102030405060708L, List.of(new ObjectId(5, 6, 7, 8)), List.of(ID, new ObjectId(0, 0, 0, 1)));

        private Values() {}

        static ObjectRow object() {
            return new ObjectRow(List.of(
                    new ObjectRow.Provider(SEQUENCE, 0xfffe, RecordKind.RUN, 0),
                    new ObjectRow.Provider(RecordRow.SEQUENCE_MAX, 1, RecordKind.DELTA, 8)));
        }

        static RecordRow record() {
            return new RecordRow(
                    0x01020304,
                    0x1112131415161718L,
                    0x21222324,
                    0x00313233,
                    RecordKind.PAGE,
                    3,
                    0x41424344,
                    5,
                    6,
                    counted(32));
        }

        static VolumeRow volume() {
            return new VolumeRow(0x0102030405060708L, 0x1112131415161718L, 0x2122232425262728L, counted(5), counted(3));
        }

        private static byte[] counted(int length) {
            byte[] bytes = new byte[length];
            for (int i = 0; i < length; i++) {
                bytes[i] = (byte) (0x80 + i);
            }
            return bytes;
        }

        static IndexView meta(byte[] key, byte[] row) {
            return new IndexView(new HeapRows().put(Table.META, key, row));
        }

        static List<Object> describe(RecordRow row) {
            return List.of(
                    row.volume(),
                    row.container(),
                    row.offset(),
                    row.length(),
                    row.kind(),
                    row.depth(),
                    row.epoch(),
                    row.live(),
                    row.uploader(),
                    Arrays.toString(row.digest()));
        }

        static List<Object> describe(VolumeRow row) {
            return List.of(
                    row.transaction(),
                    row.lastContainer(),
                    row.bytes(),
                    Arrays.toString(row.firstPage()),
                    Arrays.toString(row.secondPage()));
        }

        static List<Object> describe(@org.jspecify.annotations.Nullable StoredConfiguration configuration) {
            return configuration == null
                    ? List.of()
                    : List.of(configuration.revision(), new String(configuration.bytes(), UTF_8));
        }
    }
}
