package dev.cairn.cas.seal;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.Note;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RepositoryId;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;

/**
 * What is sealed in notes: the text of tags, and the certificate of who signed, which has the name of a machine in it.
 *
 * <pre>
 *   sealed(plain, label, about) = nonce 24 | XAES(note key, nonce, length 2 | plain | zeros, label | repository id 32 | about)
 *   subject     = HMAC(tag name key, snapshot 32 | text)
 *   tag         = subject | sealed(text, "cairn tag 1", snapshot 32 | subject)
 *   certificate = sealed(ReplicaCertificate, "cairn note certificate 1", author 32)
 * </pre>
 *
 * Zeros fill up to a multiple of {@value #STEP_BYTES} bytes. A subject names a tag to holders of the key, another one for each
 * snapshot: who has no key sees that a snapshot has tags and about how long they are, neither the text nor whether two snapshots
 * share one. May be used from any thread.
 */
public final class NoteSeal {

    /** The longest tag, in bytes of UTF-8. */
    public static final int TAG_BYTES_MAX = 1024;

    private static final int STEP_BYTES = 64;
    private static final byte[] TAG_LABEL = "cairn tag 1".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CERTIFICATE_LABEL = "cairn note certificate 1".getBytes(StandardCharsets.US_ASCII);

    private final Xaes256Gcm cipher;
    private final Secret nameKey;
    private final RepositoryId repository;

    NoteSeal(Secret key, Secret nameKey, RepositoryId repository) {
        this.cipher = new Xaes256Gcm(key);
        this.nameKey = nameKey;
        this.repository = repository;
    }

    private byte[] subject(ObjectId snapshot, byte[] text) {
        return new KeyedDigest(nameKey).add(snapshot.bytes()).add(text).finish(Note.KEY_BYTES);
    }

    /**
     * The body of a note about a tag: subject and sealed text.
     *
     * @throws IllegalArgumentException if the tag is empty or too long
     */
    public byte[] tag(ObjectId snapshot, String text, Entropy entropy) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (utf8.length == 0 || utf8.length > TAG_BYTES_MAX) {
            throw new IllegalArgumentException("a tag has 1 to %d bytes, not %d".formatted(TAG_BYTES_MAX, utf8.length));
        }
        byte[] subject = subject(snapshot, utf8);
        byte[] sealed = seal(utf8, entropy, TAG_LABEL, snapshot.bytes(), subject);
        return ByteBuffer.allocate(subject.length + sealed.length)
                .put(subject)
                .put(sealed)
                .array();
    }

    /**
     * The text of the tag that a note is about.
     *
     * @throws CorruptDataException if it was not sealed under this repository's key for that snapshot and subject
     */
    public String tag(Note note, String where) {
        byte[] utf8 = open(note.sealedTag(), where, TAG_LABEL, note.snapshot().bytes(), note.subject());
        if (utf8.length == 0 || utf8.length > TAG_BYTES_MAX) {
            throw new CorruptDataException(where, "1 to " + TAG_BYTES_MAX + " bytes of a tag", utf8.length + " bytes");
        }
        if (!Arrays.equals(note.subject(), subject(note.snapshot(), utf8))) {
            throw new CorruptDataException(where, "the tag that the note names", "another");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw CorruptDataException.because(where, "a tag that is not UTF-8", e);
        }
    }

    /** The certificate of an author as it stands in a note. */
    public byte[] certificate(ReplicaCertificate certificate, Entropy entropy) {
        return seal(certificate.toWire().toByteArray(), entropy, CERTIFICATE_LABEL, certificate.publicKey());
    }

    /**
     * The certificate of a note's author, which is not checked by that.
     *
     * @throws CorruptDataException if it was not sealed under this repository's key for that author
     */
    public ReplicaCertificate certificate(Note note, String where) {
        byte[] message = open(note.certificate(), where, CERTIFICATE_LABEL, note.author());
        try {
            return ReplicaCertificate.fromWire(dev.cairn.cas.seal.wire.ReplicaCertificate.parseFrom(message), where);
        } catch (InvalidProtocolBufferException e) {
            throw CorruptDataException.because(where, "not a replica certificate: " + e.getMessage(), e);
        }
    }

    private byte[] seal(byte[] plain, Entropy entropy, byte[]... associated) {
        int padded = (2 + plain.length + STEP_BYTES - 1) / STEP_BYTES * STEP_BYTES;
        byte[] nonce = entropy.bytes(Xaes256Gcm.NONCE_BYTES);
        ByteBuffer sealed = ByteBuffer.allocate(nonce.length + padded + Xaes256Gcm.TAG_BYTES);
        sealed.put(nonce).putShort((short) plain.length).put(plain);
        cipher.seal(nonce, 0, sealed.array(), nonce.length, padded, parts(associated));
        return sealed.array();
    }

    private byte[] open(byte[] sealed, String where, byte[]... associated) {
        int length = sealed.length - Xaes256Gcm.NONCE_BYTES;
        if (length < STEP_BYTES + Xaes256Gcm.TAG_BYTES) {
            throw new CorruptDataException(where, "a sealed part of a note", sealed.length + " bytes");
        }
        try {
            byte[] padded = cipher.open(sealed, 0, sealed, Xaes256Gcm.NONCE_BYTES, length, parts(associated));
            ByteBuffer buffer = ByteBuffer.wrap(padded);
            int bytes = Short.toUnsignedInt(buffer.getShort());
            if (bytes > buffer.remaining()) {
                throw new CorruptDataException(where, bytes + " bytes in a note", buffer.remaining() + " bytes");
            }
            byte[] plain = new byte[bytes];
            buffer.get(plain);
            return plain;
        } catch (AEADBadTagException e) {
            throw CorruptDataException.because(where, "a note that was not sealed with this repository's key", e);
        }
    }

    private Xaes256Gcm.Part[] parts(byte[]... associated) {
        Xaes256Gcm.Part[] parts = new Xaes256Gcm.Part[associated.length + 1];
        parts[0] = Xaes256Gcm.Part.of(associated[0]);
        parts[1] = Xaes256Gcm.Part.of(repository.bytes());
        for (int i = 1; i < associated.length; i++) {
            parts[i + 1] = Xaes256Gcm.Part.of(associated[i]);
        }
        return parts;
    }
}
