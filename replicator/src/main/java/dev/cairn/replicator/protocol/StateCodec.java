package dev.cairn.replicator.protocol;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.cairn.cas.ObjectId;
import dev.cairn.replicator.protocol.wire.StateRequest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@link RemoteState} as a message and back: to be asked about, and to be kept. Names and ids stand in one field each, so that
 * a hostile message takes little more memory than it has bytes. Thread-safe; keeps nothing.
 */
public final class StateCodec {

    private static final char END_OF_NAME = '\n';
    private static final byte[] NOWHERE = new byte[ObjectId.BYTES];

    private StateCodec() {}

    /** The bytes of a message, without a length before it. */
    public static byte[] encode(RemoteState state) {
        return message(state).toByteArray();
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws MalformedMessageException if it is not that
     */
    public static RemoteState decode(byte[] bytes) {
        try {
            return state(Frames.parse(StateRequest.parser(), bytes, "state"));
        } catch (IllegalArgumentException e) {
            throw MalformedMessageException.because(String.valueOf(e.getMessage()), e);
        }
    }

    static StateRequest message(RemoteState state) {
        StringBuilder names = new StringBuilder();
        ByteBuffer snapshots =
                ByteBuffer.allocate(Math.multiplyExact(state.heads().size(), ObjectId.BYTES));
        for (RemoteState.Head head : state.heads()) {
            names.append(head.name()).append(END_OF_NAME);
            ObjectId snapshot = head.snapshot();
            snapshots.put(snapshot == null ? NOWHERE : snapshot.bytes());
        }
        return StateRequest.newBuilder()
                .setRepository(ByteString.copyFrom(state.repository().bytes()))
                .setConfigurationRevision(state.configurationRevision())
                .setBranches(names.toString())
                .setSnapshots(UnsafeByteOperations.unsafeWrap(snapshots.array()))
                .build();
    }

    static RemoteState state(StateRequest message) {
        String names = message.getBranches();
        long count = names.chars().filter(c -> c == END_OF_NAME).count();
        if (count > ProtocolLimits.BRANCHES_MAX) {
            throw MalformedMessageException.tooLarge("branches", ProtocolLimits.BRANCHES_MAX, count);
        }
        if (message.getSnapshots().size() != count * ObjectId.BYTES) {
            throw MalformedMessageException.because("%d branches, and %d bytes of snapshots"
                    .formatted(count, message.getSnapshots().size()));
        }
        ByteBuffer snapshots = message.getSnapshots().asReadOnlyByteBuffer();
        List<RemoteState.Head> heads = new ArrayList<>((int) count);
        int begin = 0;
        for (int end = names.indexOf(END_OF_NAME); end >= 0; end = names.indexOf(END_OF_NAME, begin)) {
            heads.add(new RemoteState.Head(names.substring(begin, end), snapshot(snapshots)));
            begin = end + 1;
        }
        if (begin != names.length()) {
            throw MalformedMessageException.because("a name of a branch without its end");
        }
        return new RemoteState(IdBytes.repository(message.getRepository()), message.getConfigurationRevision(), heads);
    }

    private static @Nullable ObjectId snapshot(ByteBuffer snapshots) {
        byte[] id = new byte[ObjectId.BYTES];
        snapshots.get(id);
        return Arrays.equals(id, NOWHERE) ? null : ObjectId.of(id);
    }
}
