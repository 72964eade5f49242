package dev.cairn.cas.snapshot.note;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.Note;
import dev.cairn.cas.NoteKind;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.seal.Entropy;
import dev.cairn.cas.seal.NoteSeal;
import dev.cairn.cas.seal.NoteSignature;
import dev.cairn.cas.seal.ReplicaIdentity;
import dev.cairn.cas.seal.RepositoryKeys;
import dev.cairn.cas.seal.Roster;
import java.nio.ByteBuffer;

/** Makes notes, signs them, and checks those of others. May be used from any thread. A signature takes about 0.2 ms. */
public final class NoteCodec {

    private static final byte[] NOTHING = {};

    private final Roster roster;
    private final NoteSeal seal;
    private final Entropy entropy;

    public NoteCodec(RepositoryKeys keys) {
        this(keys, Entropy.system());
    }

    NoteCodec(RepositoryKeys keys, Entropy entropy) {
        this.roster = keys.roster();
        this.seal = keys.noteSeal();
        this.entropy = entropy;
    }

    /** Says that a snapshot is forgotten, and where it stood in history. */
    public Note forget(ReplicaIdentity author, RetainedSnapshot snapshot, long clock) {
        RecordHeader.Lineage lineage = new RecordHeader.Lineage(snapshot.sequence(), snapshot.parents());
        return note(author, NoteKind.FORGET, snapshot.snapshot(), clock, Note.lineageBody(lineage));
    }

    /** Says that a snapshot is pinned, or is no longer. */
    public Note pin(ReplicaIdentity author, ObjectId snapshot, boolean pinned, long clock) {
        return note(author, pinned ? NoteKind.PIN : NoteKind.UNPIN, snapshot, clock, NOTHING);
    }

    /**
     * Says that a snapshot has a tag, or has it no longer.
     *
     * @throws IllegalArgumentException if the tag is empty or too long
     */
    public Note tag(ReplicaIdentity author, ObjectId snapshot, String tag, boolean tagged, long clock) {
        byte[] body = seal.tag(snapshot, tag, entropy);
        return note(author, tagged ? NoteKind.TAG : NoteKind.UNTAG, snapshot, clock, body);
    }

    private Note note(ReplicaIdentity author, NoteKind kind, ObjectId snapshot, long clock, byte[] body) {
        byte[] certificate = seal.certificate(author.certificate(), entropy);
        byte[] statement =
                Note.statement(kind, snapshot, clock, author.certificate().publicKey(), body, certificate);
        byte[] signature = NoteSignature.sign(author, roster.repositoryId(), statement);
        byte[] bytes = ByteBuffer.allocate(statement.length + signature.length)
                .put(statement)
                .put(signature)
                .array();
        return Note.parse(bytes, "a new note");
    }

    /**
     * Checks that a replica of this repository signed a note, and that its tag opens.
     *
     * @throws CorruptDataException if not
     */
    public void verify(Note note, String where) {
        NoteSignature.verify(note, seal.certificate(note, where), roster, where);
        if (note.kind() == NoteKind.TAG || note.kind() == NoteKind.UNTAG) {
            tag(note, where);
        }
    }

    /**
     * The text of a TAG or UNTAG.
     *
     * @throws CorruptDataException if it does not open
     */
    public String tag(Note note, String where) {
        return seal.tag(note, where);
    }
}
