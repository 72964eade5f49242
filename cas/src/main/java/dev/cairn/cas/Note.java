package dev.cairn.cas;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * A signed statement of one replica about one snapshot: what changes about a snapshot while the snapshot itself cannot. Read
 * here as far as that takes no key; whether the signature and the certificate are right is for others to check.
 *
 * <h2>Format</h2>
 *
 * <pre>
 *   statement = format 1 (1) | kind 1 | snapshot 32 | clock 8 | author 32 | length 2, body | length 2, certificate
 *   note      = statement | signature 64
 * </pre>
 *
 * The author is the public key that the note is signed by; its certificate is sealed. The body of a FORGET is sequence 8, number of parents 1, parents:
 * with it histories stay connected when the snapshot is gone. That of a TAG or UNTAG is subject 32 (names the tag to holders of
 * the key), then the sealed text. Others have none. One statement has one encoding.
 *
 * <p>Immutable; arrays that are handed out are copies.
 */
public final class Note {

    /** The longest note, in bytes. */
    public static final int BYTES_MAX = 2048;

    /** The most notes that a store holds. */
    public static final int NOTES_MAX = 1 << 17;

    /** The most notes about one snapshot. */
    public static final int NOTES_PER_SNAPSHOT_MAX = 512;

    /** Length of a signature, in bytes. */
    public static final int SIGNATURE_BYTES = 64;

    /** Length of an author's key and of a subject, in bytes. */
    public static final int KEY_BYTES = 32;

    /** The highest clock: far enough from the end that a later one can always be made. */
    public static final long CLOCK_MAX = 1L << 62;

    /**
     * Which of two notes holds: the one of the later clock; of equal clocks the one whose author's key is higher; of one author
     * (two processes may have spoken at once) the one that is higher as bytes.
     */
    public static final Comparator<Note> ORDER = Comparator.comparingLong(Note::clock)
            .thenComparing(note -> note.author, Arrays::compareUnsigned)
            .thenComparing(note -> note.bytes, Arrays::compareUnsigned);

    private static final int FORMAT = 1;

    /** The highest code of a kind that is known here. */
    private static final int NEWEST_KIND = NoteKind.UNTAG.code();

    private static final int HEAD_BYTES = 2 + ObjectId.BYTES + Long.BYTES + KEY_BYTES;
    private static final byte[] NO_SUBJECT = new byte[KEY_BYTES];

    private final NoteKind kind;
    private final ObjectId snapshot;
    private final long clock;
    private final byte[] author;
    private final byte[] body;
    private final byte[] certificate;
    private final byte[] bytes;

    private Note(
            NoteKind kind,
            ObjectId snapshot,
            long clock,
            byte[] author,
            byte[] body,
            byte[] certificate,
            byte[] bytes) {
        this.kind = kind;
        this.snapshot = snapshot;
        this.clock = clock;
        this.author = author;
        this.body = body;
        this.certificate = certificate;
        this.bytes = bytes;
    }

    /** The bytes that an author signs, after a label and the repository's id. */
    public static byte[] statement(
            NoteKind kind, ObjectId snapshot, long clock, byte[] author, byte[] body, byte[] certificate) {
        ByteBuffer statement = ByteBuffer.allocate(HEAD_BYTES + 2 + body.length + 2 + certificate.length);
        statement.put((byte) FORMAT).put((byte) kind.code());
        snapshot.write(statement);
        statement.putLong(clock).put(author);
        statement.putShort((short) body.length).put(body);
        statement.putShort((short) certificate.length).put(certificate);
        return statement.array();
    }

    /** The body of a FORGET. */
    public static byte[] lineageBody(RecordHeader.Lineage lineage) {
        int parents = lineage.parents().size();
        ByteBuffer body = ByteBuffer.allocate(Long.BYTES + 1 + parents * ObjectId.BYTES);
        body.putLong(lineage.sequence()).put((byte) parents);
        lineage.parents().forEach(parent -> parent.write(body));
        return body.array();
    }

    /**
     * Reads a note.
     *
     * @throws CorruptDataException if it is not of its form
     * @throws VersionMismatchException if a later version made it
     */
    public static Note parse(byte[] bytes, String where) {
        if (bytes.length < HEAD_BYTES + 4 + SIGNATURE_BYTES || bytes.length > BYTES_MAX) {
            throw new CorruptDataException(where, "a note of at most " + BYTES_MAX + " bytes", bytes.length + " bytes");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int format = Byte.toUnsignedInt(buffer.get());
        int code = Byte.toUnsignedInt(buffer.get());
        if (format == 0 || code == 0) {
            throw new CorruptDataException(where, "the format and the kind of a note", format + " and " + code);
        }
        if (format != FORMAT) {
            throw new VersionMismatchException("note", FORMAT, format);
        }
        NoteKind kind =
                NoteKind.of(code).orElseThrow(() -> new VersionMismatchException("kind of note", NEWEST_KIND, code));
        ObjectId snapshot = ObjectId.read(buffer);
        long clock = buffer.getLong();
        byte[] author = new byte[KEY_BYTES];
        buffer.get(author);
        byte[] body = part(buffer, where, "body");
        byte[] certificate = part(buffer, where, "certificate");
        if (buffer.remaining() != SIGNATURE_BYTES) {
            throw new CorruptDataException(where, "a signature at the end", buffer.remaining() + " bytes");
        }
        if (clock < 0 || clock > CLOCK_MAX) {
            throw new CorruptDataException(where, "a clock of a note", Long.toUnsignedString(clock));
        }
        requireBody(kind, body, where);
        return new Note(kind, snapshot, clock, author, body, certificate, bytes.clone());
    }

    private static byte[] part(ByteBuffer buffer, String where, String what) {
        int length = buffer.remaining() < 2 ? -1 : Short.toUnsignedInt(buffer.getShort());
        if (length < 0 || length > buffer.remaining() - SIGNATURE_BYTES) {
            throw new CorruptDataException(where, "a " + what + " within the note", length + " bytes");
        }
        byte[] part = new byte[length];
        buffer.get(part);
        return part;
    }

    private static void requireBody(NoteKind kind, byte[] body, String where) {
        boolean fits = switch (kind) {
            case FORGET ->
                body.length > Long.BYTES
                        && body[0] >= 0
                        && Byte.toUnsignedInt(body[Long.BYTES]) <= RecordHeader.PARENTS_MAX
                        && body.length == Long.BYTES + 1 + Byte.toUnsignedInt(body[Long.BYTES]) * ObjectId.BYTES;
            case PIN, UNPIN -> body.length == 0;
            case TAG, UNTAG -> body.length > KEY_BYTES;
        };
        if (!fits) {
            throw new CorruptDataException(where, "the body of a note of kind " + kind, body.length + " bytes");
        }
    }

    public NoteKind kind() {
        return kind;
    }

    public ObjectId snapshot() {
        return snapshot;
    }

    /** A hybrid logical clock: milliseconds since 1970 in the upper 48 bits, a counter in the lower 16. */
    public long clock() {
        return clock;
    }

    /** The Ed25519 public key of the replica that signed it. */
    public byte[] author() {
        return author.clone();
    }

    /** What a TAG or UNTAG is about, for holders of the key; zeros for other kinds. */
    public byte[] subject() {
        return group() == NoteKind.TAG.group() ? Arrays.copyOf(body, KEY_BYTES) : NO_SUBJECT.clone();
    }

    /** The sealed text of a TAG or UNTAG. */
    public byte[] sealedTag() {
        return Arrays.copyOfRange(body, KEY_BYTES, body.length);
    }

    /**
     * Where a forgotten snapshot stood in history, without its roots.
     *
     * @throws IllegalStateException if this is no FORGET
     */
    public RetainedSnapshot lineage() {
        if (kind != NoteKind.FORGET) {
            throw new IllegalStateException("a note of kind " + kind + " has no lineage");
        }
        ByteBuffer buffer = ByteBuffer.wrap(body);
        long sequence = buffer.getLong();
        return new RetainedSnapshot(snapshot, sequence, UnspeltHeader.ids(buffer, buffer.get()), List.of());
    }

    /** The author's certificate, sealed; not looked at here. */
    public byte[] certificate() {
        return certificate.clone();
    }

    /** What was signed. */
    public byte[] signedBytes() {
        return Arrays.copyOf(bytes, bytes.length - SIGNATURE_BYTES);
    }

    public byte[] signature() {
        return Arrays.copyOfRange(bytes, bytes.length - SIGNATURE_BYTES, bytes.length);
    }

    /** All of it. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Its length, in bytes. */
    public int length() {
        return bytes.length;
    }

    /**
     * Names what a later note of the same author replaces: snapshot 32, group 1, subject 32, author 32. Notes are listed in the
     * order of these keys.
     */
    public byte[] key() {
        ByteBuffer key = ByteBuffer.allocate(ObjectId.BYTES + 1 + 2 * KEY_BYTES);
        snapshot.write(key);
        return key.put((byte) group()).put(subject()).put(author).array();
    }

    private int group() {
        return kind.group();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Note note && Arrays.equals(bytes, note.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "%s of snapshot %s".formatted(kind, snapshot.abbreviated());
    }
}
