package dev.cairn.cas.lmdb;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.OperationId;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.cas.VersionMismatchException;
import java.nio.ByteBuffer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of the index whose checksums are right and whose lengths, counts and numbers are not. */
final class RowLimitsTest {

    private static final ObjectId ID = new ObjectId(1, 2, 3, 4);
    private static final OperationId OPERATION = new OperationId(1, 2);

    private static ByteBuffer row(Table table, byte[] key, ByteBuffer value) {
        return ByteBuffer.wrap(RowCheck.seal(table, key, value));
    }

    private static ByteBuffer zeros(int bytes) {
        return ByteBuffer.allocate(bytes).position(bytes);
    }

    private static void requireRefused(ThrowingCallable decoding, String table) {
        assertThatThrownBy(decoding)
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("index, table " + table + ", key ");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 9, 11, 650, 10 * ObjectRow.PROVIDERS_MAX + 10, 100_000})
    void object_valueThatIsNoRowOfProviders_isRefused(int bytes) {
        ByteBuffer value = ByteBuffer.allocate(bytes);
        while (value.remaining() >= 10) {
            value.putLong((long) RecordKind.RUN.code() << 60).putShort((short) 0);
        }
        ByteBuffer row = row(Table.OBJECTS, ID.bytes(), value.position(bytes));
        requireRefused(() -> ObjectRow.decode(ID.bytes(), row), "objects");
    }

    @Test
    void object_unknownKindOrKeyOfAnotherLength_isRefused() {
        ByteBuffer unknown = ByteBuffer.allocate(10).putLong(0xfL << 60).putShort((short) 0);
        ByteBuffer row = row(Table.OBJECTS, ID.bytes(), unknown);
        requireRefused(() -> ObjectRow.decode(ID.bytes(), row), "objects");
        byte[] key = {1};
        ByteBuffer known = ByteBuffer.allocate(10)
                .putLong((long) RecordKind.RUN.code() << 60)
                .putShort((short) 0);
        ByteBuffer otherRow = row(Table.OBJECTS, key, known);
        requireRefused(() -> ObjectRow.decode(key, otherRow), "objects");
    }

    private static ByteBuffer record(int offset, int length, int kind, int depth, int live) {
        return ByteBuffer.allocate(66)
                .putInt(1)
                .putLong(2)
                .putInt(offset)
                .putInt(length)
                .put((byte) kind)
                .put((byte) depth)
                .putInt(1)
                .putInt(live)
                .putInt(0)
                .put(new byte[32]);
    }

    private static void requireRecordRefused(ByteBuffer value) {
        byte[] key = RecordRow.key(5);
        ByteBuffer row = row(Table.RECORDS, key, value);
        requireRefused(() -> RecordRow.decode(key, row), "records");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1_000_000_000, RecordHeader.RECORD_BYTES_MAX + 1})
    void record_lengthThatNoRecordHas_isRefused(int length) {
        requireRecordRefused(record(0, length, RecordKind.RUN.code(), 0, 1));
    }

    @Test
    void record_otherNumbersOutOfRange_areRefused() {
        int run = RecordKind.RUN.code();
        byte[] key = RecordRow.key(5);
        ByteBuffer sound = row(Table.RECORDS, key, record(3, 4, run, 5, 6));
        assertThat(RecordRow.decode(key, sound).offset()).isEqualTo(3);
        requireRecordRefused(record(-1, 4, run, 0, 1));
        requireRecordRefused(record(0, 4, 0, 0, 1));
        requireRecordRefused(record(0, 4, 99, 0, 1));
        requireRecordRefused(record(0, 4, run, -1, 1));
        requireRecordRefused(record(0, 4, run, 0, -1));
        requireRecordRefused(zeros(65));
        requireRecordRefused(zeros(67));
        requireRecordRefused(zeros(0));
    }

    private static ByteBuffer volume(long transaction, long last, long bytes, int firstPage, int pageBytes) {
        return ByteBuffer.allocate(24 + 4 + pageBytes + 4)
                .putLong(transaction)
                .putLong(last)
                .putLong(bytes)
                .putInt(firstPage)
                .put(new byte[pageBytes])
                .putInt(0);
    }

    private static void requireVolumeRefused(ByteBuffer value) {
        byte[] key = VolumeRow.key(1);
        ByteBuffer row = row(Table.VOLUMES, key, value);
        requireRefused(() -> VolumeRow.decode(key, row), "volumes");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1_000_000_000, 100, (1 << 16) + 1})
    void volume_lengthOfAPageThatIsNotThere_isRefused(int length) {
        requireVolumeRefused(volume(1, 1, 1, length, 10));
    }

    @Test
    void volume_negativeNumbersOrBytesLeftOver_areRefused() {
        byte[] key = VolumeRow.key(1);
        ByteBuffer sound = row(Table.VOLUMES, key, volume(1, 2, 3, 10, 10));
        assertThat(VolumeRow.decode(key, sound).firstPage()).hasSize(10);
        requireVolumeRefused(volume(-1, 1, 1, 10, 10));
        requireVolumeRefused(volume(1, -1, 1, 10, 10));
        requireVolumeRefused(volume(1, 1, -1, 10, 10));
        requireVolumeRefused(volume(1, 1, 1, 2, 10));
        requireVolumeRefused(zeros(31));
    }

    @Test
    void mark_outOfRange_isRefused() {
        for (long[] numbers : new long[][] {{-1, 0, 0}, {0, -1, 0}, {0, 1L << 56, 0}, {0, 0, -1}}) {
            ByteBuffer row = row(
                    Table.META,
                    Mark.key(),
                    ByteBuffer.allocate(20)
                            .putInt((int) numbers[0])
                            .putLong(numbers[1])
                            .putLong(numbers[2]));
            requireRefused(() -> Mark.decode(row), "meta");
        }
        ByteBuffer shorter = row(Table.META, Mark.key(), zeros(19));
        requireRefused(() -> Mark.decode(shorter), "meta");
    }

    private static ByteBuffer snapshot(int parents, int roots, int ids) {
        return ByteBuffer.allocate(14 + ids * ObjectId.BYTES)
                .putLong(1)
                .putShort((short) parents)
                .putInt(roots)
                .put(new byte[ids * ObjectId.BYTES]);
    }

    private static void requireSnapshotRefused(ByteBuffer value) {
        ByteBuffer row = row(Table.SNAPSHOTS, ID.bytes(), value);
        requireRefused(() -> BranchRows.decodeSnapshot(ID.bytes(), row), "snapshots");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1_000_000_000, 1 << 27, 3, 0})
    void snapshot_countOfRootsThatIsNotThere_isRefused(int roots) {
        requireSnapshotRefused(snapshot(1, roots, 2));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, RecordHeader.PARENTS_MAX + 1, 2})
    void snapshot_countOfParentsThatIsNotThere_isRefused(int parents) {
        requireSnapshotRefused(snapshot(parents, 1, 2));
        requireSnapshotRefused(zeros(13));
    }

    @Test
    void branch_otherLengthOrNoName_isRefused() {
        byte[] key = BranchRows.branchKey("main");
        for (int bytes : new int[] {0, 39, 41}) {
            ByteBuffer row = row(Table.BRANCHES, key, zeros(bytes));
            requireRefused(() -> BranchRows.decodeBranch(key, row), "branches");
        }
        byte[] noName = "../x".getBytes(US_ASCII);
        ByteBuffer row = row(Table.BRANCHES, noName, zeros(40));
        requireRefused(() -> BranchRows.decodeBranch(noName, row), "branches");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, -1})
    void operation_answerThatIsNone_isRefused(int answer) {
        byte[] key = BranchRows.operationKey(OPERATION);
        ByteBuffer shorter = row(
                Table.OPERATIONS,
                key,
                ByteBuffer.allocate(20).put((byte) answer).position(20));
        requireRefused(() -> BranchRows.decodeOutcome(key, shorter), "operations");
        ByteBuffer longName = row(
                Table.OPERATIONS,
                key,
                ByteBuffer.allocate(1000).put((byte) answer).position(1000));
        requireRefused(() -> BranchRows.decodeOutcome(key, longName), "operations");
        ByteBuffer alone = row(Table.OPERATIONS, key, ByteBuffer.allocate(1).put((byte) answer));
        if (answer == 2) {
            assertThat(BranchRows.branchOf(BranchRows.decodeOutcome(key, alone)))
                    .isNull();
        } else {
            requireRefused(() -> BranchRows.decodeOutcome(key, alone), "operations");
        }
    }

    private static IndexView meta(byte[] key, ByteBuffer value) {
        return new IndexView(new HeapRows().put(Table.META, key, RowCheck.seal(Table.META, key, value)));
    }

    @Test
    void configuration_outOfRange_isRefused() {
        byte[] key = IndexView.configurationKey();
        requireRefused(() -> meta(key, zeros(7)).configuration(), "meta");
        requireRefused(() -> meta(key, zeros(8)).configuration(), "meta");
        IndexView negative = meta(key, ByteBuffer.allocate(9).putLong(-5).put((byte) 1));
        requireRefused(negative::configuration, "meta");
        int tooMany = 8 + StoredConfiguration.BYTES_MAX + 1;
        IndexView large = meta(key, ByteBuffer.allocate(tooMany).putLong(1).position(tooMany));
        requireRefused(large::configuration, "meta");
    }

    @Test
    void repository_otherLengthOrFormat_isRefused() {
        byte[] key = IndexView.repositoryKey();
        IndexView shorter =
                meta(key, ByteBuffer.allocate(33).putShort((short) 1).position(33));
        requireRefused(shorter::repository, "meta");
        IndexView later = meta(key, ByteBuffer.allocate(34).putShort((short) 2).position(34));
        assertThatThrownBy(later::repository).isInstanceOf(VersionMismatchException.class);
        IndexView empty = meta(key, zeros(0));
        assertThatThrownBy(empty::repository).isInstanceOf(VersionMismatchException.class);
    }

    @ParameterizedTest
    @ValueSource(bytes = {-1, 8, 127, -128})
    void local_slotThatNoTableHas_isRefused(byte slot) {
        IndexView view =
                meta(IndexView.localKey("cache"), ByteBuffer.allocate(1).put(slot));
        requireRefused(() -> view.local("cache"), "meta");
    }

    @Test
    void volumes_keyOfAnotherLength_isRefused() {
        IndexView view = new IndexView(new HeapRows().putSealed(Table.VOLUMES, new byte[] {1, 2, 3}, new byte[40]));
        assertThatThrownBy(view::volumes)
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("table volumes");
    }
}
