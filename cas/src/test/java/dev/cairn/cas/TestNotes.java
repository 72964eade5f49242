package dev.cairn.cas;

import java.nio.ByteBuffer;
import java.util.List;

/** Makes notes that look signed, from a seed: a store believes them. */
public final class TestNotes {

    private final TestRecords make;

    public TestNotes(TestRecords make) {
        this.make = make;
    }

    public Note forget(ObjectId snapshot, long clock) {
        return forget(snapshot, clock, make.id());
    }

    public Note forget(ObjectId snapshot, long clock, ObjectId author) {
        RecordHeader.Lineage lineage = new RecordHeader.Lineage(7, List.of(new ObjectId(1, 1, 1, 1)));
        return note(NoteKind.FORGET, snapshot, clock, author, Note.lineageBody(lineage));
    }

    /** A note without a body. */
    public Note plain(NoteKind kind, ObjectId snapshot, long clock) {
        return note(kind, snapshot, clock, make.id(), new byte[0]);
    }

    /** A TAG or UNTAG about {@code subject}. */
    public Note tag(NoteKind kind, ObjectId snapshot, long clock, ObjectId author, ObjectId subject) {
        byte[] body = ByteBuffer.allocate(100).put(subject.bytes()).array();
        return note(kind, snapshot, clock, author, body);
    }

    public Note note(NoteKind kind, ObjectId snapshot, long clock, ObjectId author, byte[] body) {
        byte[] statement = Note.statement(kind, snapshot, clock, author.bytes(), body, new byte[10]);
        byte[] bytes = ByteBuffer.allocate(statement.length + Note.SIGNATURE_BYTES)
                .put(statement)
                .put(make.id().bytes())
                .put(make.id().bytes())
                .array();
        return Note.parse(bytes, "a test");
    }
}
