package dev.cairn.cas;

import java.nio.ByteBuffer;

/**
 * Sealed bytes that provide one or more objects, with their parsed clear header: what is stored and what is sent. The bytes
 * are not copied: do not change them.
 *
 * @param header the parsed header, which stands at the start of {@code bytes}
 * @param headerBytes length of the header in {@code bytes}
 */
public record SealedRecord(RecordHeader header, int headerBytes, byte[] bytes) {

    /** What follows a header takes at least so many bytes: a nonce of 24, a tag of 16, and something that is sealed. */
    public static final int SEALED_BYTES_MIN = 24 + 16 + 1;

    /** As {@link #parse(byte[], String, ChildSource)}, of a record that refers to no page. */
    public static SealedRecord parse(byte[] bytes, String where) {
        return parse(bytes, where, ChildSource.NONE);
    }

    /**
     * Parses the header of {@code bytes}.
     *
     * @param where where the bytes come from, for the message of an error
     * @param known knows the children of pages that the header may refer to
     * @throws CorruptDataException if they are not one record within the limits
     * @throws MissingObjectsException if the header refers to a page that is not known
     */
    public static SealedRecord parse(byte[] bytes, String where, ChildSource known) {
        if (bytes.length > RecordHeader.RECORD_BYTES_MAX) {
            throw new CorruptDataException(
                    where, "a record of at most " + RecordHeader.RECORD_BYTES_MAX + " bytes", bytes.length + " bytes");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        RecordHeader header = RecordHeader.parse(buffer, where, known);
        return new SealedRecord(header, buffer.position(), bytes);
    }

    /**
     * Refuses a record that no key can open, since there is nothing behind its header or too little: all that one without a key
     * can tell of what is sealed.
     *
     * @throws CorruptDataException if what is sealed is shorter than {@value #SEALED_BYTES_MIN} bytes
     */
    public void requireSealed(String where) {
        int sealed = bytes.length - headerBytes;
        if (sealed < SEALED_BYTES_MIN) {
            throw new CorruptDataException(
                    where, SEALED_BYTES_MIN + " sealed bytes or more behind the header", sealed + " bytes");
        }
    }
}
