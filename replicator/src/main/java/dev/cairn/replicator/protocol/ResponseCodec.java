package dev.cairn.replicator.protocol;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.replicator.protocol.wire.AnnotateAnswer;
import dev.cairn.replicator.protocol.wire.BatchAnswer;
import dev.cairn.replicator.protocol.wire.Configured;
import dev.cairn.replicator.protocol.wire.DiffFrame;
import dev.cairn.replicator.protocol.wire.DiffRecord;
import dev.cairn.replicator.protocol.wire.MissingAnswer;
import dev.cairn.replicator.protocol.wire.MoveAnswer;
import dev.cairn.replicator.protocol.wire.NoteFrame;
import dev.cairn.replicator.protocol.wire.NoteList;
import dev.cairn.replicator.protocol.wire.PublicConfiguration;
import dev.cairn.replicator.protocol.wire.RecordFrame;
import dev.cairn.replicator.protocol.wire.RemoteBranch;
import dev.cairn.replicator.protocol.wire.RemoteSnapshot;
import dev.cairn.replicator.protocol.wire.RepositoryInfo;
import dev.cairn.replicator.protocol.wire.SnapshotFrame;
import dev.cairn.replicator.protocol.wire.SnapshotList;
import dev.cairn.replicator.protocol.wire.StateAnswer;
import dev.cairn.replicator.protocol.wire.StreamEnd;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Responses as frames and back. Decoding checks every count and length; whether a response fits its request (ids that were
 * asked for, records that are due) is for the session to check.
 *
 * <p>Thread-safe; keeps nothing.
 */
public final class ResponseCodec {

    /** The places of due objects: numbers of 3 bytes at most. */
    private static final int DUE_BYTES_MAX = 4 * RecordHeader.PROVIDED_MAX;

    private ResponseCodec() {}

    /** One frame, with its length before it. A problem is encoded as its route's streams carry it if {@code inStream}. */
    public static byte[] encode(Route route, Response response, boolean inStream) {
        return switch (response) {
            case Problem problem -> Frames.frame(inStream ? streamed(route, problem) : ProblemCodec.message(problem));
            case Response.End end -> Frames.frame(end(route, end));
            case Response.RepositoryInfo info ->
                Frames.frame(
                        route == Route.STATE
                                ? StateAnswer.newBuilder()
                                        .setInfo(message(info))
                                        .build()
                                : message(info));
            case Response.Unchanged unchanged ->
                Frames.frame(StateAnswer.newBuilder().setUnchanged(true).build());
            case Response.Configured configured ->
                Frames.frame(Configured.newBuilder()
                        .setReplaced(configured.replaced())
                        .setConfiguration(message(configured.configuration()))
                        .build());
            case Response.MissingIds missing ->
                Frames.frame(MissingAnswer.newBuilder()
                        .setIds(IdBytes.pack(missing.ids()))
                        .build());
            case Response.BatchStored stored -> Frames.frame(message(stored));
            case Response.Moved moved -> Frames.frame(message(moved.outcome()));
            case Response.Annotated annotated ->
                Frames.frame(AnnotateAnswer.newBuilder()
                        .setAdded(annotated.added())
                        .setLeftOut(annotated.leftOut())
                        .build());
            case Response.NoteList list ->
                Frames.frame(NoteFrame.newBuilder().setNotes(message(list)).build());
            case Response.SnapshotList list ->
                Frames.frame(
                        SnapshotFrame.newBuilder().setSnapshots(message(list)).build());
            case Response.DiffRecord record -> Frames.frame(message(record));
            case Response.FetchedRecord record ->
                Frames.frame(RecordFrame.newBuilder()
                        .setRecord(UnsafeByteOperations.unsafeWrap(record.record()))
                        .build());
        };
    }

    /**
     * The response in a frame of an answer with status 200, its length cut off.
     *
     * @throws MalformedMessageException if it is not one that {@code request} may get
     */
    public static Response decode(Request request, byte[] frame) {
        try {
            return switch (request) {
                case Request.Describe describe -> info(frame);
                case Request.Create create -> info(frame);
                case Request.Compare compare -> compared(frame);
                case Request.Snapshots snapshots -> snapshots(frame);
                case Request.Notes notes -> notes(frame, notes.digests().size());
                case Request.Annotate annotate -> annotated(frame);
                case Request.Configure configure -> configured(frame);
                case Request.Missing missing ->
                    new Response.MissingIds(IdBytes.unpack(
                            Frames.parse(MissingAnswer.parser(), frame, "missing answer")
                                    .getIds(),
                            missing.ids().size(),
                            "missing ids"));
                case Request.Batch batch -> stored(batch, frame);
                case Request.Move move ->
                    new Response.Moved(outcome(move, Frames.parse(MoveAnswer.parser(), frame, "move answer")));
                case Request.Diff diff -> diff(frame);
                case Request.Fetch fetch -> decode(Frames.parse(RecordFrame.parser(), frame, "record frame"));
            };
        } catch (IllegalArgumentException e) {
            throw MalformedMessageException.because(String.valueOf(e.getMessage()), e);
        }
    }

    private static com.google.protobuf.MessageLite streamed(Route route, Problem problem) {
        return switch (route) {
            case SNAPSHOTS ->
                SnapshotFrame.newBuilder()
                        .setProblem(ProblemCodec.message(problem))
                        .build();
            case DIFF ->
                DiffFrame.newBuilder().setProblem(ProblemCodec.message(problem)).build();
            case FETCH ->
                RecordFrame.newBuilder()
                        .setProblem(ProblemCodec.message(problem))
                        .build();
            case NOTES ->
                NoteFrame.newBuilder().setProblem(ProblemCodec.message(problem)).build();
            case INFO, STATE, CREATE, CONFIGURATION, MISSING, BATCH, MOVE, ANNOTATE ->
                throw new IllegalArgumentException(route + " is not answered by a stream");
        };
    }

    private static com.google.protobuf.MessageLite end(Route route, Response.End end) {
        StreamEnd message = StreamEnd.newBuilder().setCount(end.count()).build();
        return switch (route) {
            case SNAPSHOTS -> SnapshotFrame.newBuilder().setEnd(message).build();
            case DIFF -> DiffFrame.newBuilder().setEnd(message).build();
            case FETCH -> RecordFrame.newBuilder().setEnd(message).build();
            case NOTES -> NoteFrame.newBuilder().setEnd(message).build();
            case INFO, STATE, CREATE, CONFIGURATION, MISSING, BATCH, MOVE, ANNOTATE ->
                throw new IllegalArgumentException(route + " is not answered by a stream");
        };
    }

    private static RepositoryInfo message(Response.RepositoryInfo info) {
        RepositoryInfo.Builder builder = RepositoryInfo.newBuilder()
                .setRepository(ByteString.copyFrom(info.repository().bytes()))
                .setConfiguration(message(info.configuration()))
                .setRole(GreetingCodec.message(info.role()))
                .setDamagedRecords(info.damagedRecords());
        info.branches().forEach(branch -> builder.addBranches(message(branch)));
        NoteDigest notes = info.notes();
        if (notes != null) {
            builder.setNotes(IdBytes.packNoteDigests(List.of(notes)));
        }
        LogHead log = info.log();
        if (log != null) {
            builder.setLog(dev.cairn.replicator.protocol.wire.LogHead.newBuilder()
                    .setSequence(log.sequence())
                    .setHash(ByteString.copyFrom(log.hashBytes())));
        }
        return builder.build();
    }

    private static PublicConfiguration message(StoredConfiguration configuration) {
        return PublicConfiguration.newBuilder()
                .setRevision(configuration.revision())
                .setContent(ByteString.copyFrom(configuration.bytes()))
                .build();
    }

    private static RemoteBranch message(Branch branch) {
        return RemoteBranch.newBuilder()
                .setName(branch.name())
                .setSnapshot(IdBytes.pack(branch.snapshot()))
                .setVersion(branch.version())
                .build();
    }

    private static BatchAnswer message(Response.BatchStored stored) {
        BatchAnswer.Builder builder = BatchAnswer.newBuilder()
                .setRecordsStored(stored.recordsStored())
                .setBytesStored(stored.bytesStored())
                .setObjectsNew(stored.objectsNew());
        BranchMove.Outcome outcome = stored.outcome();
        if (outcome != null) {
            builder.setMove(message(outcome));
        }
        return builder.build();
    }

    private static MoveAnswer message(BranchMove.Outcome outcome) {
        MoveAnswer.Builder builder = MoveAnswer.newBuilder();
        switch (outcome) {
            case BranchMove.Outcome.Moved moved -> builder.setMoved(true).setBranch(message(moved.branch()));
            case BranchMove.Outcome.Deleted deleted -> builder.setMoved(true);
            case BranchMove.Outcome.Conflict conflict -> {
                Branch current = conflict.current();
                if (current != null) {
                    builder.setBranch(message(current));
                }
            }
        }
        return builder.build();
    }

    private static SnapshotList message(Response.SnapshotList list) {
        SnapshotList.Builder builder = SnapshotList.newBuilder();
        for (RetainedSnapshot snapshot : list.snapshots()) {
            builder.addSnapshots(RemoteSnapshot.newBuilder()
                    .setId(IdBytes.pack(snapshot.snapshot()))
                    .setSequence(snapshot.sequence())
                    .setParents(IdBytes.pack(snapshot.parents()))
                    .setRoots(IdBytes.pack(snapshot.roots())));
        }
        return builder.build();
    }

    private static NoteList message(Response.NoteList list) {
        return NoteList.newBuilder()
                .setBucket(list.bucket())
                .addAllNotes(list.notes().stream()
                        .map(UnsafeByteOperations::unsafeWrap)
                        .toList())
                .build();
    }

    private static DiffFrame message(Response.DiffRecord record) {
        DiffRecord.Builder builder =
                DiffRecord.newBuilder().setRecord(UnsafeByteOperations.unsafeWrap(record.record()));
        for (int ordinal : record.due()) {
            builder.addDue(ordinal);
        }
        return DiffFrame.newBuilder().setRecord(builder).build();
    }

    private static Response compared(byte[] frame) {
        Frames.requireAtMost(
                ProtocolLimits.BRANCHES_MAX,
                frame,
                "branches",
                StateAnswer.INFO_FIELD_NUMBER,
                RepositoryInfo.BRANCHES_FIELD_NUMBER);
        StateAnswer message = Frames.parse(StateAnswer.parser(), frame, "state answer");
        return switch (message.getAnswerCase()) {
            case UNCHANGED -> {
                if (!message.getUnchanged()) {
                    throw MalformedMessageException.because("a state that is not unchanged, and no other");
                }
                yield new Response.Unchanged();
            }
            case INFO -> info(message.getInfo());
            case ANSWER_NOT_SET -> throw MalformedMessageException.because("an empty answer about the state");
        };
    }

    private static Response info(byte[] frame) {
        Frames.requireAtMost(ProtocolLimits.BRANCHES_MAX, frame, "branches", RepositoryInfo.BRANCHES_FIELD_NUMBER);
        return info(Frames.parse(RepositoryInfo.parser(), frame, "repository info"));
    }

    private static Response info(RepositoryInfo message) {
        List<Branch> branches = new ArrayList<>(message.getBranchesCount());
        Set<String> names = new HashSet<>();
        for (RemoteBranch branch : message.getBranchesList()) {
            if (!names.add(branch.getName())) {
                throw MalformedMessageException.because("a branch that is listed twice: " + branch.getName());
            }
            branches.add(branch(branch));
        }
        return new Response.RepositoryInfo(
                IdBytes.repository(message.getRepository()),
                configuration(message.getConfiguration()),
                List.copyOf(branches),
                GreetingCodec.role(message.getRole()),
                message.getDamagedRecords(),
                notes(message.getNotes()),
                message.hasLog() ? log(message.getLog()) : null);
    }

    private static LogHead log(dev.cairn.replicator.protocol.wire.LogHead message) {
        if (message.getSequence() < 1 || message.getHash().size() != LogHead.HASH_BYTES) {
            throw MalformedMessageException.because("the head of a log with number %d and %d bytes"
                    .formatted(message.getSequence(), message.getHash().size()));
        }
        return new LogHead(
                message.getSequence(),
                HexFormat.of().formatHex(message.getHash().toByteArray()));
    }

    private static @Nullable NoteDigest notes(ByteString digest) {
        if (digest.isEmpty()) {
            return null;
        }
        return NoteDigest.read(ByteBuffer.wrap(IdBytes.requireLength(digest, NoteDigest.BYTES, "digest of the notes")));
    }

    private static Response annotated(byte[] frame) {
        AnnotateAnswer message = Frames.parse(AnnotateAnswer.parser(), frame, "annotate answer");
        return new Response.Annotated(message.getAdded(), message.getLeftOut());
    }

    private static Response configured(byte[] frame) {
        Configured message = Frames.parse(Configured.parser(), frame, "configured");
        return new Response.Configured(message.getReplaced(), configuration(message.getConfiguration()));
    }

    private static StoredConfiguration configuration(PublicConfiguration message) {
        if (message.getRevision() < 0) {
            throw MalformedMessageException.because("a negative revision");
        }
        if (message.getContent().size() > StoredConfiguration.BYTES_MAX) {
            throw MalformedMessageException.tooLarge(
                    "bytes of the configuration",
                    StoredConfiguration.BYTES_MAX,
                    message.getContent().size());
        }
        return new StoredConfiguration(
                message.getRevision(), message.getContent().toByteArray());
    }

    private static Branch branch(RemoteBranch message) {
        return new Branch(
                message.getName(), IdBytes.one(message.getSnapshot(), "snapshot of a branch"), message.getVersion());
    }

    private static Response stored(Request.Batch request, byte[] frame) {
        BatchAnswer message = Frames.parse(BatchAnswer.parser(), frame, "batch answer");
        Request.Move last = request.last();
        if (message.hasMove() && last == null) {
            throw MalformedMessageException.because("an answer about a move that was not asked for");
        }
        return new Response.BatchStored(
                message.getRecordsStored(),
                message.getBytesStored(),
                message.getObjectsNew(),
                last == null || !message.hasMove() ? null : outcome(last, message.getMove()));
    }

    private static BranchMove.Outcome outcome(Request.Move request, MoveAnswer message) {
        if (!message.hasBranch()) {
            ObjectId expected = request.move().expected();
            if (message.getMoved() && request.move().target() == null && expected != null) {
                return new BranchMove.Outcome.Deleted(new Branch(request.move().branch(), expected, 0));
            }
            if (message.getMoved()) {
                throw MalformedMessageException.because("a moved branch that is not named");
            }
            return new BranchMove.Outcome.Conflict(null);
        }
        Branch branch = branch(message.getBranch());
        if (!branch.name().equals(request.move().branch())) {
            throw MalformedMessageException.because("an answer about another branch: " + branch.name());
        }
        return message.getMoved() ? new BranchMove.Outcome.Moved(branch) : new BranchMove.Outcome.Conflict(branch);
    }

    private static Response snapshots(byte[] bytes) {
        Frames.requireAtMost(
                ProtocolLimits.SNAPSHOTS_PER_FRAME_MAX,
                bytes,
                "snapshots of a frame",
                SnapshotFrame.SNAPSHOTS_FIELD_NUMBER,
                SnapshotList.SNAPSHOTS_FIELD_NUMBER);
        SnapshotFrame frame = Frames.parse(SnapshotFrame.parser(), bytes, "snapshot frame");
        return switch (frame.getFrameCase()) {
            case SNAPSHOTS -> snapshots(frame.getSnapshots());
            case END -> end(frame.getEnd());
            case PROBLEM -> ProblemCodec.problem(frame.getProblem());
            case FRAME_NOT_SET -> throw MalformedMessageException.because("an empty frame");
        };
    }

    private static Response notes(byte[] bytes, int buckets) {
        Frames.requireAtMost(
                ProtocolLimits.NOTES_PER_REQUEST_MAX,
                bytes,
                "notes of a frame",
                NoteFrame.NOTES_FIELD_NUMBER,
                NoteList.NOTES_FIELD_NUMBER);
        NoteFrame frame = Frames.parse(NoteFrame.parser(), bytes, "note frame");
        return switch (frame.getFrameCase()) {
            case NOTES -> notes(frame.getNotes(), buckets);
            case END -> end(frame.getEnd());
            case PROBLEM -> ProblemCodec.problem(frame.getProblem());
            case FRAME_NOT_SET -> throw MalformedMessageException.because("an empty frame");
        };
    }

    private static Response notes(NoteList message, int buckets) {
        if (message.getBucket() < 0 || message.getBucket() >= buckets) {
            throw MalformedMessageException.because("notes of a bucket that was not asked about");
        }
        return new Response.NoteList(
                message.getBucket(),
                message.getNotesList().stream().map(ByteString::toByteArray).toList());
    }

    private static Response diff(byte[] bytes) {
        Frames.requireBytesAtMost(
                DUE_BYTES_MAX,
                bytes,
                "bytes of due objects of a record",
                DiffFrame.RECORD_FIELD_NUMBER,
                DiffRecord.DUE_FIELD_NUMBER);
        DiffFrame frame = Frames.parse(DiffFrame.parser(), bytes, "diff frame");
        return switch (frame.getFrameCase()) {
            case RECORD -> diffRecord(frame.getRecord());
            case END -> end(frame.getEnd());
            case PROBLEM -> ProblemCodec.problem(frame.getProblem());
            case FRAME_NOT_SET -> throw MalformedMessageException.because("an empty frame");
        };
    }

    private static Response decode(RecordFrame frame) {
        return switch (frame.getFrameCase()) {
            case RECORD -> new Response.FetchedRecord(frame.getRecord().toByteArray());
            case END -> end(frame.getEnd());
            case PROBLEM -> ProblemCodec.problem(frame.getProblem());
            case FRAME_NOT_SET -> throw MalformedMessageException.because("an empty frame");
        };
    }

    private static Response snapshots(SnapshotList message) {
        List<RetainedSnapshot> snapshots = new ArrayList<>(message.getSnapshotsCount());
        for (RemoteSnapshot snapshot : message.getSnapshotsList()) {
            snapshots.add(snapshot(snapshot));
        }
        return new Response.SnapshotList(snapshots);
    }

    static RetainedSnapshot snapshot(RemoteSnapshot message) {
        ObjectId id = IdBytes.one(message.getId(), "snapshot id");
        if (message.getSequence() < 0) {
            throw MalformedMessageException.because("a negative sequence of snapshot " + id.abbreviated());
        }
        return new RetainedSnapshot(
                id,
                message.getSequence(),
                IdBytes.unpack(message.getParents(), RecordHeader.PARENTS_MAX, "parents of a snapshot"),
                IdBytes.unpack(message.getRoots(), RecordHeader.CHILDREN_MAX, "roots of a snapshot"));
    }

    private static Response diffRecord(DiffRecord message) {
        int count = message.getDueCount();
        if (count == 0 || count > RecordHeader.PROVIDED_MAX) {
            throw MalformedMessageException.tooLarge("due objects of a record", RecordHeader.PROVIDED_MAX, count);
        }
        int[] due = new int[count];
        for (int i = 0; i < count; i++) {
            due[i] = message.getDue(i);
            if (due[i] < 0 || due[i] >= RecordHeader.PROVIDED_MAX || (i > 0 && due[i] <= due[i - 1])) {
                throw MalformedMessageException.because("places of due objects that do not ascend");
            }
        }
        return new Response.DiffRecord(message.getRecord().toByteArray(), due);
    }

    private static Response end(StreamEnd message) {
        return new Response.End(message.getCount());
    }
}
