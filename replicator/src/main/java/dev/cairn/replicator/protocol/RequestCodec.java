package dev.cairn.replicator.protocol;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.OperationId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.replicator.protocol.wire.AnnotateRequest;
import dev.cairn.replicator.protocol.wire.BatchFrame;
import dev.cairn.replicator.protocol.wire.BatchHeader;
import dev.cairn.replicator.protocol.wire.Configure;
import dev.cairn.replicator.protocol.wire.Create;
import dev.cairn.replicator.protocol.wire.DiffRequest;
import dev.cairn.replicator.protocol.wire.FetchRequest;
import dev.cairn.replicator.protocol.wire.MissingRequest;
import dev.cairn.replicator.protocol.wire.MoveRequest;
import dev.cairn.replicator.protocol.wire.NotesRequest;
import dev.cairn.replicator.protocol.wire.RemoteSnapshot;
import dev.cairn.replicator.protocol.wire.StateRequest;
import dev.cairn.replicator.protocol.wire.UploadedRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Requests as frames and back. Decoding checks every count and length against {@link ProtocolLimits}, and all that can be
 * checked without a store.
 *
 * <p>Thread-safe; keeps nothing.
 */
public final class RequestCodec {

    private static final int DIGEST_BYTES = 32;

    private final ProtocolLimits limits;

    /** A codec that accepts what {@code limits} allow. */
    public RequestCodec(ProtocolLimits limits) {
        this.limits = limits;
    }

    /** The frames of a request's body, each with its length before it; none for a request without a body. */
    public List<byte[]> encode(Request request) {
        return switch (request) {
            case Request.Describe describe -> List.of();
            case Request.Snapshots snapshots -> List.of();
            case Request.Compare compare -> List.of(Frames.frame(StateCodec.message(compare.believed())));
            case Request.Create create ->
                List.of(Frames.frame(Create.newBuilder()
                        .setRepository(ByteString.copyFrom(create.repository().bytes()))
                        .setConfiguration(ByteString.copyFrom(create.configuration()))
                        .build()));
            case Request.Configure configure ->
                List.of(Frames.frame(Configure.newBuilder()
                        .setExpectedRevision(configure.expectedRevision())
                        .setContent(ByteString.copyFrom(configure.content()))
                        .build()));
            case Request.Missing missing ->
                List.of(Frames.frame(MissingRequest.newBuilder()
                        .setIds(IdBytes.pack(missing.ids()))
                        .setPush(ByteString.copyFrom(missing.push().bytes()))
                        .build()));
            case Request.Batch batch -> encode(batch);
            case Request.Move move -> List.of(Frames.frame(encode(move)));
            case Request.Diff diff ->
                List.of(Frames.frame(DiffRequest.newBuilder()
                        .setWant(IdBytes.pack(diff.want()))
                        .setHave(IdBytes.pack(diff.have()))
                        .setSkip(diff.skip())
                        .setRefused(IdBytes.packDigests(diff.refused()))
                        .setThrough(diff.through())
                        .build()));
            case Request.Fetch fetch ->
                List.of(Frames.frame(FetchRequest.newBuilder()
                        .setIds(IdBytes.pack(fetch.ids()))
                        .setRefused(IdBytes.packDigests(fetch.refused()))
                        .build()));
            case Request.Notes notes ->
                List.of(Frames.frame(NotesRequest.newBuilder()
                        .setDigests(IdBytes.packNoteDigests(notes.digests()))
                        .build()));
            case Request.Annotate annotate ->
                List.of(Frames.frame(AnnotateRequest.newBuilder()
                        .addAllNotes(annotate.notes().stream()
                                .map(UnsafeByteOperations::unsafeWrap)
                                .toList())
                        .build()));
        };
    }

    /**
     * The request in the frames of a body, lengths cut off.
     *
     * @throws MalformedMessageException if they are not one request for {@code route} within the limits
     */
    public Request decode(Route route, List<byte[]> frames) {
        try {
            return switch (route) {
                case INFO -> none(frames, new Request.Describe());
                case SNAPSHOTS -> none(frames, new Request.Snapshots());
                case STATE ->
                    new Request.Compare(StateCodec.state(Frames.parse(StateRequest.parser(), one(frames), "state")));
                case CREATE -> create(Frames.parse(Create.parser(), one(frames), "create"));
                case CONFIGURATION -> configure(Frames.parse(Configure.parser(), one(frames), "configure"));
                case MISSING -> missing(Frames.parse(MissingRequest.parser(), one(frames), "missing request"));
                case BATCH -> batch(frames);
                case MOVE -> moveOf(one(frames));
                case DIFF -> diff(Frames.parse(DiffRequest.parser(), one(frames), "diff request"));
                case NOTES -> notes(Frames.parse(NotesRequest.parser(), one(frames), "notes request"));
                case ANNOTATE -> annotate(one(frames));
                case FETCH -> fetch(Frames.parse(FetchRequest.parser(), one(frames), "fetch request"));
            };
        } catch (IllegalArgumentException e) {
            throw MalformedMessageException.because(String.valueOf(e.getMessage()), e);
        }
    }

    private static List<byte[]> encode(Request.Batch batch) {
        List<byte[]> frames = new ArrayList<>(batch.records().size() + 1);
        BatchHeader.Builder header = BatchHeader.newBuilder()
                .setPush(ByteString.copyFrom(batch.push().bytes()))
                .setNumber(batch.number())
                .setRecords(batch.records().size())
                .setRecordBytes(batch.recordBytes())
                .setReplaces(batch.replaces());
        Request.Precondition onlyIf = batch.onlyIf();
        if (onlyIf != null) {
            header.setRepository(ByteString.copyFrom(onlyIf.repository().bytes()))
                    .setConfigurationRevisionMin(onlyIf.configurationRevisionMin());
        }
        Request.Move last = batch.last();
        if (last != null) {
            header.setMove(encode(last));
        }
        frames.add(Frames.frame(BatchFrame.newBuilder().setHeader(header).build()));
        for (Request.Upload upload : batch.records()) {
            UploadedRecord record = UploadedRecord.newBuilder()
                    .setRecord(UnsafeByteOperations.unsafeWrap(upload.record()))
                    .setDigest(ByteString.copyFrom(upload.digest()))
                    .build();
            frames.add(Frames.frame(BatchFrame.newBuilder().setRecord(record).build()));
        }
        return frames;
    }

    private static MoveRequest encode(Request.Move request) {
        BranchMove move = request.move();
        MoveRequest.Builder builder = MoveRequest.newBuilder()
                .setBranch(move.branch())
                .setExpected(IdBytes.pack(move.expected()))
                .setTarget(IdBytes.pack(move.target()))
                .setRetained(IdBytes.pack(move.retained()))
                .setOperation(UnsafeByteOperations.unsafeWrap(ByteBuffer.allocate(OperationId.BYTES)
                        .putLong(move.operation().high())
                        .putLong(move.operation().low())
                        .array()));
        PushId push = request.push();
        if (push != null) {
            builder.setPush(ByteString.copyFrom(push.bytes()));
        }
        request.bridges()
                .forEach(bridge -> builder.addBridges(RemoteSnapshot.newBuilder()
                        .setId(IdBytes.pack(bridge.snapshot()))
                        .setSequence(bridge.sequence())
                        .setParents(IdBytes.pack(bridge.parents()))));
        return builder.build();
    }

    private static Request create(Create message) {
        return new Request.Create(
                IdBytes.repository(message.getRepository()), configuration(message.getConfiguration()));
    }

    private static Request configure(Configure message) {
        if (message.getExpectedRevision() < 0 || message.getExpectedRevision() == Long.MAX_VALUE) {
            throw MalformedMessageException.because("a revision that is negative, or that none can follow");
        }
        return new Request.Configure(message.getExpectedRevision(), configuration(message.getContent()));
    }

    private static byte[] configuration(ByteString content) {
        if (content.isEmpty()) {
            throw MalformedMessageException.because("an empty configuration");
        }
        if (content.size() > StoredConfiguration.BYTES_MAX) {
            throw MalformedMessageException.tooLarge(
                    "bytes of the configuration", StoredConfiguration.BYTES_MAX, content.size());
        }
        return content.toByteArray();
    }

    private Request missing(MissingRequest message) {
        return new Request.Missing(
                IdBytes.unpack(message.getIds(), limits.ids(), "ids asked for"), push(message.getPush()));
    }

    private Request batch(List<byte[]> frames) {
        if (frames.isEmpty()) {
            throw MalformedMessageException.because("a batch without a header");
        }
        Frames.requireAtMost(
                limits.retained(),
                frames.get(0),
                "bridges of a move",
                BatchFrame.HEADER_FIELD_NUMBER,
                BatchHeader.MOVE_FIELD_NUMBER,
                MoveRequest.BRIDGES_FIELD_NUMBER);
        BatchFrame first = Frames.parse(BatchFrame.parser(), frames.get(0), "batch frame");
        if (!first.hasHeader()) {
            throw MalformedMessageException.because("a batch that does not begin with its header");
        }
        BatchHeader header = first.getHeader();
        requireAtMost(limits.batchRecords(), header.getRecords(), "records of a batch");
        requireAtMost(limits.batchBytes(), header.getRecordBytes(), "bytes of a batch");
        if (header.getRecords() != frames.size() - 1) {
            throw MalformedMessageException.because("a batch of %d records that announces %s"
                    .formatted(frames.size() - 1, Integer.toUnsignedString(header.getRecords())));
        }
        List<Request.Upload> records = new ArrayList<>(frames.size() - 1);
        for (byte[] frame : frames.subList(1, frames.size())) {
            BatchFrame next = Frames.parse(BatchFrame.parser(), frame, "batch frame");
            if (!next.hasRecord()) {
                throw MalformedMessageException.because("a batch with something other than a record in it");
            }
            UploadedRecord record = next.getRecord();
            records.add(new Request.Upload(
                    record.getRecord().toByteArray(),
                    IdBytes.requireLength(record.getDigest(), DIGEST_BYTES, "digest")));
        }
        Request.Batch batch = new Request.Batch(
                push(header.getPush()),
                header.getNumber(),
                records,
                header.getReplaces(),
                precondition(header),
                last(header));
        if (batch.recordBytes() != header.getRecordBytes()) {
            throw MalformedMessageException.because("a batch of %d bytes that announces %s"
                    .formatted(batch.recordBytes(), Long.toUnsignedString(header.getRecordBytes())));
        }
        return batch;
    }

    private static Request.@Nullable Precondition precondition(BatchHeader header) {
        if (header.getRepository().isEmpty()) {
            return null;
        }
        if (header.getConfigurationRevisionMin() < 0) {
            throw MalformedMessageException.because("a negative revision");
        }
        return new Request.Precondition(
                IdBytes.repository(header.getRepository()), header.getConfigurationRevisionMin());
    }

    private Request.@Nullable Move last(BatchHeader header) {
        return header.hasMove()
                ? move(header.getMove(), Math.min(limits.retained(), ProtocolLimits.BATCH_RETAINED_MAX))
                : null;
    }

    private Request.Move moveOf(byte[] frame) {
        Frames.requireAtMost(limits.retained(), frame, "bridges of a move", MoveRequest.BRIDGES_FIELD_NUMBER);
        return move(Frames.parse(MoveRequest.parser(), frame, "move request"), limits.retained());
    }

    private Request.Move move(MoveRequest message, int retainedMax) {
        List<ObjectId> retained = IdBytes.unpack(message.getRetained(), retainedMax, "retained snapshots");
        ByteBuffer operation =
                ByteBuffer.wrap(IdBytes.requireLength(message.getOperation(), OperationId.BYTES, "operation id"));
        BranchMove move = new BranchMove(
                message.getBranch(),
                IdBytes.oneOrNone(message.getExpected(), "expected snapshot"),
                IdBytes.oneOrNone(message.getTarget(), "target snapshot"),
                retained,
                new OperationId(operation.getLong(), operation.getLong()));
        @Nullable PushId push = message.getPush().isEmpty() ? null : push(message.getPush());
        List<RetainedSnapshot> bridges =
                message.getBridgesList().stream().map(ResponseCodec::snapshot).toList();
        return new Request.Move(move, push, bridges);
    }

    private static Request notes(NotesRequest message) {
        List<NoteDigest> digests =
                IdBytes.unpackNoteDigests(message.getDigests(), ProtocolLimits.NOTE_DIGESTS_MAX, "digests of notes");
        if (Integer.bitCount(digests.size()) != 1) {
            throw MalformedMessageException.because("digests of notes that are no power of two: " + digests.size());
        }
        return new Request.Notes(digests);
    }

    private static Request annotate(byte[] frame) {
        Frames.requireAtMost(
                ProtocolLimits.NOTES_PER_REQUEST_MAX, frame, "notes of a request", AnnotateRequest.NOTES_FIELD_NUMBER);
        AnnotateRequest message = Frames.parse(AnnotateRequest.parser(), frame, "annotate request");
        return new Request.Annotate(
                message.getNotesList().stream().map(ByteString::toByteArray).toList());
    }

    private Request diff(DiffRequest message) {
        if (message.getSkip() < 0) {
            throw MalformedMessageException.because("a negative number of records to skip");
        }
        return new Request.Diff(
                IdBytes.unpack(message.getWant(), limits.ids(), "wanted snapshots"),
                IdBytes.unpack(message.getHave(), limits.ids(), "snapshots the client has"),
                message.getSkip(),
                refused(message.getRefused()),
                message.getThrough());
    }

    private Request fetch(FetchRequest message) {
        return new Request.Fetch(
                IdBytes.unpack(message.getIds(), limits.ids(), "ids to fetch"), refused(message.getRefused()));
    }

    private List<RecordDigest> refused(ByteString bytes) {
        return IdBytes.unpackDigests(bytes, limits.ids(), "refused records");
    }

    private static PushId push(ByteString bytes) {
        return PushId.of(IdBytes.requireLength(bytes, PushId.BYTES, "push id"));
    }

    private static byte[] one(List<byte[]> frames) {
        if (frames.size() != 1) {
            throw MalformedMessageException.because("a body of one frame, not " + frames.size());
        }
        return frames.get(0);
    }

    private static Request none(List<byte[]> frames, Request request) {
        if (!frames.isEmpty()) {
            throw MalformedMessageException.because("a request without a body");
        }
        return request;
    }

    private static void requireAtMost(long max, long actual, String what) {
        if (actual < 0 || actual > max) {
            throw MalformedMessageException.tooLarge(what, max, actual);
        }
    }
}
