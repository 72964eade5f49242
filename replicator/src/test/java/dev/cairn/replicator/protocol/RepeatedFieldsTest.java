package dev.cairn.replicator.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedOutputStream;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.OperationId;
import dev.cairn.cas.RepositoryId;
import dev.cairn.delta.fuzz.Parsing;
import dev.cairn.replicator.protocol.wire.BatchFrame;
import dev.cairn.replicator.protocol.wire.BatchHeader;
import dev.cairn.replicator.protocol.wire.DiffFrame;
import dev.cairn.replicator.protocol.wire.DiffRecord;
import dev.cairn.replicator.protocol.wire.MoveRequest;
import dev.cairn.replicator.protocol.wire.NoteFrame;
import dev.cairn.replicator.protocol.wire.NoteList;
import dev.cairn.replicator.protocol.wire.RepositoryInfo;
import dev.cairn.replicator.protocol.wire.SnapshotFrame;
import dev.cairn.replicator.protocol.wire.SnapshotList;
import dev.cairn.replicator.protocol.wire.StateAnswer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** Frames of many fields that have next to no bytes each: they take little more memory than bytes. Found by fuzzing. */
class RepeatedFieldsTest {

    private static final int BYTES = 1 << 20;
    private static final Parsing PARSING = Parsing.refusedBy(MalformedMessageException.class);
    private static final RequestCodec CODEC = new RequestCodec(ProtocolLimits.DEFAULT);
    private static final ObjectId ID = new ObjectId(1, 2, 3, 4);
    private static final Request COMPARE = new Request.Compare(new RemoteState(new RepositoryId(ID), 1, List.of()));
    private static final Request.Move MOVE =
            new Request.Move(new BranchMove("main", null, ID, List.of(), new OperationId(1, 2)), null);

    /** A field, of one byte of number, again and again with no bytes in it. */
    private static byte[] many(int field) {
        byte[] bytes = new byte[BYTES];
        for (int i = 0; i < bytes.length; i += 2) {
            bytes[i] = (byte) (field << 3 | 2);
        }
        return bytes;
    }

    /** {@code inner} as a field of a message. */
    private static byte[] in(int field, byte[] inner) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeByteArray(field, inner);
        out.flush();
        return bytes.toByteArray();
    }

    private static void assertRefused(Callable<?> parser) {
        assertThat(PARSING.value(4L * BYTES, parser::call)).isEmpty();
    }

    private static void assertAnswerRefused(Request request, byte[] frame) {
        assertRefused(() -> ResponseCodec.decode(request, frame));
    }

    @Test
    void info_manyEmptyBranches_takesLittleMemory() throws IOException {
        byte[] info = many(RepositoryInfo.BRANCHES_FIELD_NUMBER);
        assertAnswerRefused(new Request.Describe(), info);
        assertAnswerRefused(COMPARE, in(StateAnswer.INFO_FIELD_NUMBER, info));
    }

    @Test
    void snapshots_manyEmptyOnes_takeLittleMemory() throws IOException {
        byte[] list = many(SnapshotList.SNAPSHOTS_FIELD_NUMBER);
        assertAnswerRefused(new Request.Snapshots(), in(SnapshotFrame.SNAPSHOTS_FIELD_NUMBER, list));
    }

    @Test
    void notes_manyEmptyOnes_takeLittleMemory() throws IOException {
        byte[] list = many(NoteList.NOTES_FIELD_NUMBER);
        assertAnswerRefused(new Request.Notes(List.of(new NoteDigest(1, 2))), in(NoteFrame.NOTES_FIELD_NUMBER, list));
        assertRefused(() -> CODEC.decode(Route.ANNOTATE, List.of(many(1))));
    }

    @Test
    void diff_manyDueObjects_takeLittleMemory() throws IOException {
        Request diff = new Request.Diff(List.of(ID), List.of(), 0);
        for (byte[] due : List.of(new byte[BYTES], many(DiffRecord.DUE_FIELD_NUMBER))) {
            byte[] record = in(DiffFrame.RECORD_FIELD_NUMBER, in(DiffRecord.DUE_FIELD_NUMBER, due));
            assertAnswerRefused(diff, record);
        }
    }

    @Test
    void move_manyEmptyBridges_takesLittleMemory() throws IOException {
        byte[] move = many(MoveRequest.BRIDGES_FIELD_NUMBER);
        assertRefused(() -> CODEC.decode(Route.MOVE, List.of(move)));
        byte[] batch = in(BatchFrame.HEADER_FIELD_NUMBER, in(BatchHeader.MOVE_FIELD_NUMBER, move));
        assertRefused(() -> CODEC.decode(Route.BATCH, List.of(batch)));
    }

    /** Each number that is not known had a list of lists to itself. */
    @Test
    void anyMessage_manyUnknownFields_takesLittleMemory() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(
                new FrameReader(BYTES).read(CODEC.encode(MOVE).getFirst()).getFirst());
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        for (int field = 1000; out.getTotalBytesWritten() < BYTES; field++) {
            out.writeUInt32(field, 1);
        }
        out.flush();
        byte[] frame = bytes.toByteArray();
        assertThat(PARSING.value(4L * BYTES, () -> CODEC.decode(Route.MOVE, List.of(frame))))
                .isPresent();
        assertThat(PARSING.value(4L * BYTES, () -> StateCodec.decode(frame))).isEmpty();
    }

    /** Where a field is said twice its messages are one, and its parts are counted together. */
    @Test
    void info_branchesInTwoMessages_areCountedTogether() throws IOException {
        ByteArrayOutputStream twice = new ByteArrayOutputStream();
        byte[] half = new byte[2 * (ProtocolLimits.BRANCHES_MAX / 2 + 1)];
        System.arraycopy(many(RepositoryInfo.BRANCHES_FIELD_NUMBER), 0, half, 0, half.length);
        twice.writeBytes(in(StateAnswer.INFO_FIELD_NUMBER, half));
        twice.writeBytes(in(StateAnswer.INFO_FIELD_NUMBER, half));
        StateAnswer parsed = StateAnswer.parseFrom(twice.toByteArray());
        assertThat(parsed.getInfo().getBranchesCount()).isEqualTo(ProtocolLimits.BRANCHES_MAX + 2);
        assertAnswerRefused(COMPARE, twice.toByteArray());
    }
}
