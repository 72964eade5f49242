package dev.cairn.replicator.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.OperationId;
import dev.cairn.cas.RepositoryId;
import dev.cairn.replicator.protocol.wire.BatchAnswer;
import dev.cairn.replicator.protocol.wire.BatchFrame;
import dev.cairn.replicator.protocol.wire.BatchHeader;
import dev.cairn.replicator.protocol.wire.MoveAnswer;
import dev.cairn.replicator.protocol.wire.MoveRequest;
import dev.cairn.replicator.protocol.wire.RemoteBranch;
import dev.cairn.replicator.protocol.wire.StateAnswer;
import dev.cairn.replicator.protocol.wire.StateRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Questions about a repository's state and moves that come with a batch, from whoever may have made them up. */
class StateCodecTest {

    private static final RequestCodec CODEC = new RequestCodec(ProtocolLimits.DEFAULT);
    private static final ObjectId ID = id(1);
    private static final RepositoryId REPOSITORY = new RepositoryId(id(2));
    private static final RemoteState STATE = new RemoteState(
            REPOSITORY, 3, List.of(new RemoteState.Head("main", ID), new RemoteState.Head("a/ä", null)));
    private static final Request.Move MOVE =
            new Request.Move(new BranchMove("main", null, ID, List.of(), new OperationId(1, 2)), null);
    private static final Request.Batch BATCH =
            new Request.Batch(new PushId(1, 2), 0, List.of(), false, new Request.Precondition(REPOSITORY, 5), MOVE);

    private static ObjectId id(int last) {
        byte[] bytes = new byte[ObjectId.BYTES];
        bytes[ObjectId.BYTES - 1] = (byte) last;
        return ObjectId.of(bytes);
    }

    private static List<byte[]> frames(Request request) {
        FrameReader reader = new FrameReader(ProtocolLimits.DEFAULT.frameBytes());
        return CODEC.encode(request).stream()
                .flatMap(bytes -> reader.read(bytes).stream())
                .toList();
    }

    @Test
    void requests_andBack_areTheSame() {
        assertThat(CODEC.decode(Route.STATE, frames(new Request.Compare(STATE))))
                .isEqualTo(new Request.Compare(STATE));
        assertThat(StateCodec.decode(StateCodec.encode(STATE))).isEqualTo(STATE);
        Request.Batch batch = (Request.Batch) CODEC.decode(Route.BATCH, frames(BATCH));
        assertThat(batch.onlyIf()).isEqualTo(BATCH.onlyIf());
        assertThat(batch.last()).isEqualTo(BATCH.last());
    }

    @Test
    void stateRequest_thatIsNonsense_isMalformed() {
        StateRequest good = StateCodec.message(STATE);
        byte[] zeros = new byte[ObjectId.BYTES * (ProtocolLimits.BRANCHES_MAX + 1)];
        for (StateRequest bad : List.of(
                good.toBuilder().clearSnapshots().build(),
                good.toBuilder().setBranches("main\nmain\n").build(),
                good.toBuilder().setBranches("main\n-x\n").build(),
                good.toBuilder().setBranches("main\nother\nmore").build(),
                good.toBuilder().setBranches("\n\n").build(),
                good.toBuilder().setConfigurationRevision(-1).build(),
                good.toBuilder()
                        .setRepository(ByteString.copyFrom(new byte[31]))
                        .build(),
                good.toBuilder()
                        .setBranches("x\n".repeat(ProtocolLimits.BRANCHES_MAX + 1))
                        .setSnapshots(ByteString.copyFrom(zeros))
                        .build())) {
            assertThatThrownBy(() -> CODEC.decode(Route.STATE, List.of(bad.toByteArray())))
                    .isInstanceOf(MalformedMessageException.class);
        }
    }

    @Test
    void batchHeader_withNonsense_isMalformed() {
        BatchHeader good = BatchHeader.newBuilder()
                .setPush(ByteString.copyFrom(new PushId(1, 2).bytes()))
                .build();
        MoveRequest many = MoveRequest.newBuilder()
                .setBranch("main")
                .setTarget(IdBytes.pack(ID))
                .setOperation(ByteString.copyFrom(new byte[OperationId.BYTES]))
                .setRetained(ByteString.copyFrom(new byte[ObjectId.BYTES * (ProtocolLimits.BATCH_RETAINED_MAX + 1)]))
                .build();
        for (BatchHeader bad : List.of(
                good.toBuilder()
                        .setRepository(ByteString.copyFrom(new byte[33]))
                        .build(),
                good.toBuilder()
                        .setRepository(ByteString.copyFrom(new byte[32]))
                        .setConfigurationRevisionMin(-1)
                        .build(),
                good.toBuilder().setMove(MoveRequest.getDefaultInstance()).build(),
                good.toBuilder().setMove(many).build())) {
            byte[] frame = BatchFrame.newBuilder().setHeader(bad).build().toByteArray();
            assertThatThrownBy(() -> CODEC.decode(Route.BATCH, List.of(frame)))
                    .isInstanceOf(MalformedMessageException.class);
        }
    }

    @Test
    void answers_thatFitNoQuestion_areMalformed() {
        MoveAnswer elsewhere = MoveAnswer.newBuilder()
                .setMoved(true)
                .setBranch(RemoteBranch.newBuilder().setName("other").setSnapshot(IdBytes.pack(ID)))
                .build();
        assertMalformed(new Request.Compare(STATE), StateAnswer.getDefaultInstance());
        assertMalformed(
                new Request.Compare(STATE),
                StateAnswer.newBuilder().setUnchanged(false).build());
        assertMalformed(BATCH, BatchAnswer.newBuilder().setMove(elsewhere).build());
        assertMalformed(
                BATCH,
                BatchAnswer.newBuilder()
                        .setMove(MoveAnswer.newBuilder().setMoved(true))
                        .build());
        assertMalformed(
                new Request.Batch(new PushId(1, 2), 0, List.of()),
                BatchAnswer.newBuilder()
                        .setMove(MoveAnswer.getDefaultInstance())
                        .build());
        assertThat(ResponseCodec.decode(BATCH, BatchAnswer.getDefaultInstance().toByteArray()))
                .as("a server that passes the move over")
                .isEqualTo(new Response.BatchStored(0, 0, 0));
    }

    private static void assertMalformed(Request request, MessageLite answer) {
        assertThatThrownBy(() -> ResponseCodec.decode(request, answer.toByteArray()))
                .isInstanceOf(MalformedMessageException.class);
    }
}
